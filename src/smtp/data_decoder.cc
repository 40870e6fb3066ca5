#include "smtp/data_decoder.h"

namespace restante::smtp {
namespace {

constexpr std::string_view kTerminator = ".\r\n";

}  // namespace

WireStep DataDecoder::next(std::string_view& input) {
  while (!input.empty()) {
    const WireStep step = held_ == Held::kNothing ? scan(input) : resume(input);
    if (step.kind != WireStep::Kind::kNeedInput) return step;
  }
  return {};
}

// The input goes on behind a dot at a line start that was held back.
WireStep DataDecoder::resume(std::string_view& input) {
  const char c = input.front();
  if (held_ == Held::kDot && c == '\r') {
    held_ = Held::kDotCr;
    input.remove_prefix(1);
    return {};
  }
  const bool with_cr = held_ == Held::kDotCr;
  held_ = Held::kNothing;
  if (with_cr && c == '\n') {
    input.remove_prefix(1);
    return {WireStep::Kind::kEnd, {}, 0};
  }
  lines_.leave_line_start();
  if (with_cr) lines_.saw_cr();
  const std::string_view text = kTerminator.substr(0, with_cr ? 2 : 1);
  return {WireStep::Kind::kPiece, text, text.size() - 1};  // The dot is stuffing.
}

// Text up to a dot at a line start that may end the message, or to the end of the input.
WireStep DataDecoder::scan(std::string_view& input) {
  std::size_t at = 0;
  std::size_t stuffed = 0;
  while (at < input.size()) {
    if (!lines_.at_line_start() || input[at] != '.') {
      at = lines_.walk(input, at);
      continue;
    }
    const std::string_view rest = input.substr(at, kTerminator.size());
    if (rest == kTerminator.substr(0, rest.size())) break;
    lines_.leave_line_start();
    ++stuffed;
    ++at;
  }
  if (at > 0) {
    const std::string_view bytes = input.substr(0, at);
    input.remove_prefix(at);
    return {WireStep::Kind::kPiece, bytes, bytes.size() - stuffed};
  }
  const std::size_t length = std::min(input.size(), kTerminator.size());
  input.remove_prefix(length);
  if (length == kTerminator.size()) return {WireStep::Kind::kEnd, {}, 0};
  held_ = length == 1 ? Held::kDot : Held::kDotCr;
  return {};
}

}  // namespace restante::smtp
