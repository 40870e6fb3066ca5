#include "smtp/message_receiver.h"

#include "base/limits.h"

namespace restante::smtp {

void MessageReceiver::begin_data() { codec_ = DataDecoder(); }

void MessageReceiver::begin_chunk(const ChunkArgument& chunk) {
  if (!std::holds_alternative<BdatEncoder>(codec_)) codec_ = BdatEncoder();
  std::get<BdatEncoder>(codec_).begin_chunk(chunk.chunk_bytes, chunk.last);
}

WireStep MessageReceiver::next(std::string_view& input) {
  for (;;) {
    const WireStep step = std::visit([&](auto& codec) { return codec.next(input); }, codec_);
    if (step.kind != WireStep::Kind::kPiece) return step;
    octets_ += step.octets;
    header_.feed(step.bytes);
    if (failure() == Failure::kNone) return step;
  }
}

Failure MessageReceiver::failure() const {
  if (octets_ > settings_.message_bytes_max) return Failure::kTooLarge;
  if (settings_.bare_newlines == BareNewlines::kRefuse && has_bare_newline())
    return Failure::kBareNewline;
  if (header_.received_count() > limits::kReceivedHeadersMax) return Failure::kLoop;
  if (size_.is_too_large(octets_, settings_)) return Failure::kEnvelopeTooLarge;
  return spool_failed_ ? Failure::kSpool : Failure::kNone;
}

bool MessageReceiver::has_bare_newline() const {
  return std::visit([](const auto& codec) { return codec.bare_newline(); }, codec_);
}

}  // namespace restante::smtp
