#include "mail/top_cutter.h"

#include "mail/wire_lines.h"

namespace restante::mail {

std::size_t TopCutter::pass(std::string_view chunk) {
  const std::size_t offered = chunk.size();
  while (!chunk.empty() && !done()) {
    const LinePiece piece = take_line_piece(chunk, after_cr_);
    after_cr_ = piece.ends_in_cr;
    line_bytes_ += piece.text.size();
    if (!piece.ends_line) continue;
    if (in_body_)
      --body_lines_left_;
    else
      in_body_ = line_bytes_ == 2;
    line_bytes_ = 0;
  }
  return offered - chunk.size();
}

}  // namespace restante::mail
