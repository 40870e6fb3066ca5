#include "mail/wire_codec.h"

#include "mail/wire_lines.h"

namespace restante::mail {

void DotStuffer::write(std::string_view chunk, std::string& out) {
  while (!chunk.empty()) {
    if (at_line_start_ && chunk.front() == '.') out += '.';
    const LinePiece piece = take_line_piece(chunk, after_cr_);
    at_line_start_ = piece.ends_line;
    after_cr_ = piece.ends_in_cr;
    if (piece.ends_in_lf && !piece.ends_line && bare_lf_ == BareLf::kToCrlf) {
      out.append(piece.text.substr(0, piece.text.size() - 1)).append("\r\n");
      at_line_start_ = true;
    } else {
      out.append(piece.text);
    }
  }
}

void DotStuffer::finish(std::string& out) {
  // A last bare CR stays what it is, an octet: it is not completed to a line end.
  if (!at_line_start_) out.append("\r\n");
  at_line_start_ = true;
  after_cr_ = false;
}

void DotUnstuffer::write(std::string_view chunk, std::string& out) {
  while (!chunk.empty()) {
    const bool stuffed = at_line_start_ && chunk.front() == '.';
    const LinePiece piece = take_line_piece(chunk, after_cr_);
    out.append(piece.text.substr(stuffed ? 1 : 0));
    at_line_start_ = piece.ends_line;
    after_cr_ = piece.ends_in_cr;
  }
}

}  // namespace restante::mail
