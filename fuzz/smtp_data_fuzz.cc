// DATA's decoder: wherever the stream is cut, it ends at the first CRLF "." CRLF and nowhere else,
// and what it hands on is the stream up to there.
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "smtp/data_decoder.h"

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto stream = restante::as_text(std::as_bytes(std::span(data, size)));
  const std::string whole = "\r\n" + std::string(stream);
  const auto end = whole.find("\r\n.\r\n");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, size + 1}) {
    std::string wire;
    RESTANTE_CHECK(decode(stream, piece, wire) == (end != std::string::npos));
    if (end != std::string::npos) RESTANTE_CHECK("\r\n" + wire == whole.substr(0, end + 2));
  }
  return 0;
}
