#include "smtp/message_receiver.h"

#include "base/limits.h"

namespace restante::smtp {

void MessageReceiver::begin_data() {
  codec_ = DataDecoder();
  if (normalizes()) normalizer_.emplace(BehindLf::kMayBeStuffed);
}

void MessageReceiver::begin_chunk(const ChunkArgument& chunk) {
  if (!std::holds_alternative<BdatEncoder>(codec_)) {
    codec_ = BdatEncoder(normalizes());
    if (normalizes()) normalizer_.emplace(BehindLf::kText);
  }
  std::get<BdatEncoder>(codec_).begin_chunk(chunk.chunk_bytes, chunk.last);
}

WireStep MessageReceiver::next(std::string_view& input) {
  for (;;) {
    WireStep step = std::visit([&](auto& codec) { return codec.next(input); }, codec_);
    if (step.kind != WireStep::Kind::kPiece) return step;
    if (normalizer_) step = normalized(step);
    if (step.bytes.empty()) continue;
    octets_ += step.octets;
    header_.feed(step.bytes);
    if (failure() == Failure::kNone) return step;
  }
}

// Ordinary mail is handed on as it came; a CR at the end of a piece may be one of a CRLF.
WireStep MessageReceiver::normalized(const WireStep& piece) {
  if (normalizer_->holds() || piece.bytes.ends_with('\r') || has_bare_newline())
    return normalizer_->apply(piece.bytes);
  normalizer_->passed(piece.bytes);
  return piece;
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
