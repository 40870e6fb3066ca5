#include "mail/wire_counter.h"

#include <algorithm>

#include "base/ascii.h"
#include "mail/wire_lines.h"

namespace restante::mail {

void WireCounter::write(std::string_view chunk) {
  octets_ += chunk.size();
  while (!chunk.empty()) {
    if (at_line_start_ && chunk.front() == '.') --octets_;
    const LinePiece piece = take_line_piece(chunk, after_cr_);
    at_line_start_ = piece.ends_line;
    after_cr_ = piece.ends_in_cr;
  }
}

void EightBitHeader::write(std::string_view chunk) {
  while (!chunk.empty() && !header_over_) {
    const LinePiece piece = take_line_piece(chunk, after_cr_);
    after_cr_ = piece.ends_in_cr;
    line_bytes_ += piece.text.size();
    header_over_ = piece.ends_line && line_bytes_ == 2;
    if (piece.ends_line) line_bytes_ = 0;
    found_ = found_ || !std::all_of(piece.text.begin(), piece.text.end(), is_ascii);
  }
}

}  // namespace restante::mail
