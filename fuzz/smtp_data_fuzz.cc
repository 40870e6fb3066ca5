// DATA's decoder: wherever the stream is cut, it ends at the first CRLF "." CRLF and nowhere else,
// and what it hands on is the stream up to there. With line ends repaired it ends at the same
// place, and what comes out is wire form without a bare CR or LF, its octets counted right.
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "mail/wire_counter.h"
#include "smtp/data_decoder.h"
#include "smtp/message_receiver.h"

namespace {

using restante::smtp::DataDecoder;
using restante::smtp::WireStep;

// Everything handed on of `stream` in pieces; true when it ended.
bool decode(std::string_view stream, std::size_t piece, std::string& wire) {
  DataDecoder decoder;
  for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) {
    std::string_view input = stream.substr(0, piece);
    for (auto step = decoder.next(input); step.kind != WireStep::Kind::kNeedInput;
         step = decoder.next(input)) {
      if (step.kind == WireStep::Kind::kEnd) return true;
      wire += step.bytes;
    }
  }
  return false;
}

// The same with line ends repaired; empty until it has ended.
std::string repair(std::string_view stream, std::size_t piece, std::string& rest) {
  restante::smtp::ServerSettings settings;
  settings.message_bytes_max = 1U << 20;
  restante::smtp::MessageReceiver receiver(settings);
  receiver.begin_data();
  std::string wire = "\r\n";
  for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) {
    std::string_view input = stream.substr(0, piece);
    for (auto step = receiver.next(input); step.kind != WireStep::Kind::kNeedInput;
         step = receiver.next(input)) {
      wire += step.bytes;
      if (step.kind != WireStep::Kind::kEnd) continue;
      rest = std::string(input) + std::string(stream.substr(std::min(piece, stream.size())));
      restante::mail::WireCounter counter;
      counter.write(std::string_view(wire).substr(2));
      RESTANTE_CHECK(receiver.octets() == counter.octets());
      return wire;
    }
  }
  return {};
}

void check_repair(std::string_view stream, std::size_t end) {
  std::string rest;
  const std::string wire = repair(stream, stream.size() + 1, rest);
  RESTANTE_CHECK(wire.empty() == (end == std::string::npos));
  if (wire.empty()) return;
  RESTANTE_CHECK(rest == stream.substr(end + 3));
  RESTANTE_CHECK(wire.ends_with("\r\n") && wire.find("\r\n.\r\n") == std::string::npos);
  for (std::size_t i = 0; i < wire.size(); ++i) {
    RESTANTE_CHECK(wire[i] != '\n' || wire[i - 1] == '\r');
    RESTANTE_CHECK(wire[i] != '\r' || wire[i + 1] == '\n');
  }
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
    std::string again;
    RESTANTE_CHECK(repair(stream, piece, again) == wire && again == rest);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto stream = restante::as_text(std::as_bytes(std::span(data, size)));
  const std::string whole = "\r\n" + std::string(stream);
  const auto end = whole.find("\r\n.\r\n");
  check_repair(stream, end);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, size + 1}) {
    std::string wire;
    RESTANTE_CHECK(decode(stream, piece, wire) == (end != std::string::npos));
    if (end != std::string::npos) RESTANTE_CHECK("\r\n" + wire == whole.substr(0, end + 2));
  }
  return 0;
}
