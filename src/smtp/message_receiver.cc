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
    if (step.kind != WireStep::Kind::kPiece || account(step)) return step;
  }
}

void MessageReceiver::fail(Failure failure) {
  if (failure_ == Failure::kNone) failure_ = failure;
}

// True when the piece is to be handed on.
bool MessageReceiver::account(const WireStep& step) {
  if (failure_ != Failure::kNone) return false;
  octets_ += step.octets;
  header_.feed(step.bytes);
  if (octets_ > settings_.message_bytes_max) {
    fail(Failure::kTooLarge);
  } else if (settings_.bare_newlines == BareNewlines::kRefuse && has_bare_newline()) {
    fail(Failure::kBareNewline);
  } else if (header_.received_count() > limits::kReceivedHeadersMax) {
    fail(Failure::kLoop);
  }
  return failure_ == Failure::kNone;
}

bool MessageReceiver::has_bare_newline() const {
  return std::visit([](const auto& codec) { return codec.bare_newline(); }, codec_);
}

}  // namespace restante::smtp
