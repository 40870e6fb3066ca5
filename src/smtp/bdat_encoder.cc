#include "smtp/bdat_encoder.h"

namespace restante::smtp {

void BdatEncoder::begin_chunk(std::uint64_t chunk_bytes, bool last) {
  remaining_bytes_ = chunk_bytes;
  last_ = last;
}

WireStep BdatEncoder::next(std::string_view& input) {
  if (remaining_bytes_ == 0) return finish();
  if (input.empty()) return {};
  const std::string_view chunk = input.substr(
      0, static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), remaining_bytes_)));
  std::size_t at = 0;
  if (lines_.at_line_start() && chunk.front() == '.') {
    if (!dot_stuffed_) {
      dot_stuffed_ = true;
      return {WireStep::Kind::kPiece, ".", 0};
    }
    dot_stuffed_ = false;
    lines_.leave_line_start();
    at = 1;
  }
  while (at < chunk.size() && !(lines_.at_line_start() && chunk[at] == '.'))
    at = lines_.walk(chunk, at);
  input.remove_prefix(at);
  remaining_bytes_ -= at;
  after_lf_ = chunk[at - 1] == '\n';
  return {WireStep::Kind::kPiece, chunk.substr(0, at), at};
}

WireStep BdatEncoder::finish() {
  if (last_ && !lines_.at_line_start() && !(lf_ends_line_ && after_lf_)) {
    constexpr std::string_view kLineEnd = "\r\n";
    lines_.finish();
    lines_.walk(kLineEnd, 0);
    return {WireStep::Kind::kPiece, kLineEnd, kLineEnd.size()};
  }
  return {WireStep::Kind::kEnd, {}, 0};
}

}  // namespace restante::smtp
