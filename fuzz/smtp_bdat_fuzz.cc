// BDAT's encoder: however the octets are spread over chunks and however those are cut, wire form is
// what the dot stuffer makes of the whole, and its octets are counted right; with line ends
// repaired, of the whole with repaired line ends.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "input.h"
#include "mail/wire_codec.h"
#include "mail/wire_counter.h"
#include "smtp/bdat_encoder.h"
#include "smtp/message_receiver.h"

namespace {

using namespace restante;  // NOLINT(google-build-using-namespace): a program of its own

struct Wire {
  std::string bytes;
  std::uint64_t octets = 0;
};

template <typename Encoder>
void encode_chunk(Encoder& encoder, std::string_view chunk, std::size_t step, Wire& wire) {
  // What follows the chunk is the next command: not to be touched.
  const std::string stream = std::string(chunk) + "RSET\r\n";
  for (std::size_t at = 0;;) {
    const std::size_t given = std::min(step, stream.size() - at);
    std::string_view input = std::string_view(stream).substr(at, given);
    auto next = encoder.next(input);
    for (; next.kind == smtp::WireStep::Kind::kPiece; next = encoder.next(input)) {
      wire.bytes += next.bytes;
      wire.octets += next.octets;
    }
    at += given - input.size();
    if (next.kind == smtp::WireStep::Kind::kEnd) {
      RESTANTE_CHECK(at == chunk.size());
      return;
    }
    RESTANTE_CHECK(input.empty() && at <= chunk.size());
  }
}

// Line ends as newline_normalizer.h has them, of a message seen whole.
std::string repaired(std::string_view message) {
  std::string text(message);
  if (!text.empty() && !text.ends_with('\n')) text += "\r\n";
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view rest = std::string_view(text).substr(at);
    const std::size_t length = rest.starts_with("\r\r\n") ? 3 : rest.starts_with("\r\n") ? 2 : 1;
    const bool ends_line = length > 1 || rest.front() == '\n';
    out += ends_line ? "\r\n" : rest.front() == '\r' ? " " : std::string(1, rest.front());
    at += length - 1;
  }
  return out;
}

void check_repair(std::string_view message, std::size_t chunk_bytes, std::size_t step) {
  smtp::ServerSettings settings;
  settings.message_bytes_max = 1U << 20;
  smtp::MessageReceiver receiver(settings);
  Wire wire;
  for (std::size_t at = 0; at == 0 || at < message.size(); at += chunk_bytes) {
    const std::string_view chunk = message.substr(at, chunk_bytes);
    receiver.begin_chunk({chunk.size(), at + chunk_bytes >= message.size()});
    encode_chunk(receiver, chunk, step, wire);
  }
  std::string expected;
  mail::DotStuffer stuffer(mail::BareLf::kKeep);
  stuffer.write(repaired(message), expected);
  RESTANTE_CHECK(wire.bytes == expected);
  mail::WireCounter counter;
  counter.write(expected);
  RESTANTE_CHECK(receiver.octets() == counter.octets());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t chunk_bytes = 1 + input.take_byte();
  const std::size_t step = 1 + input.take_byte() % 64U;
  const std::string_view message = input.rest();
  check_repair(message, chunk_bytes, step);
  smtp::BdatEncoder encoder;
  Wire wire;
  for (std::size_t at = 0; at == 0 || at < message.size(); at += chunk_bytes) {
    const std::string_view chunk = message.substr(at, chunk_bytes);
    encoder.begin_chunk(chunk.size(), at + chunk_bytes >= message.size());
    encode_chunk(encoder, chunk, step, wire);
  }
  std::string expected;
  mail::DotStuffer stuffer(mail::BareLf::kKeep);
  stuffer.write(message, expected);
  stuffer.finish(expected);
  RESTANTE_CHECK(wire.bytes == expected);
  mail::WireCounter counter;
  counter.write(expected);
  RESTANTE_CHECK(wire.octets == counter.octets());
  return 0;
}
