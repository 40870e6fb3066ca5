// Walks over bytes in wire form line by line, however they were cut: the one loop under the dot
// codec, the octet counter and the TOP cutter. memchr does the searching.
#pragma once

#include <cstring>
#include <string_view>

namespace restante::mail {

/// A line, or as much of it as the chunk holds.
struct LinePiece {
  std::string_view text;    ///< Never empty; ends behind the first LF of the chunk, or with it.
  bool ends_line = false;   ///< It ends in CRLF; the CR may have been in the chunk before.
  bool ends_in_lf = false;  ///< With a CR or without.
  bool ends_in_cr = false;  ///< To be passed as `after_cr` next time.
};

/// Takes the next piece off the front of `chunk`, which is not empty. `after_cr`: the octet before
/// it was a CR.
inline LinePiece take_line_piece(std::string_view& chunk, bool after_cr) {
  LinePiece piece;
  const void* const lf = std::memchr(chunk.data(), '\n', chunk.size());
  if (lf == nullptr) {
    piece.text = chunk;
    piece.ends_in_cr = chunk.back() == '\r';
    chunk = {};
    return piece;
  }
  const auto at = static_cast<std::size_t>(static_cast<const char*>(lf) - chunk.data());
  piece.text = chunk.substr(0, at + 1);
  piece.ends_in_lf = true;
  piece.ends_line = at == 0 ? after_cr : chunk[at - 1] == '\r';
  chunk.remove_prefix(at + 1);
  return piece;
}

}  // namespace restante::mail
