#include "mail/wire_counter.h"

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

}  // namespace restante::mail
