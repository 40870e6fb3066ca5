// Where lines of a message end. Mail comes with CRLF, with LF alone, and from old machines with CR
// alone; one message keeps to one of these. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace restante::mime {

/// '\r' for a text that has CR and hardly an LF, or one at its very end alone; otherwise '\n'.
/// Linear.
char line_end_of(std::string_view text);

struct Line {
  std::string_view text;  ///< Without its end.
  std::size_t next = 0;   ///< Where the next one begins.
};

/// The line that begins at `at`; `end` is line_end_of() the whole text.
Line line_at(std::string_view text, std::size_t at, char end);

/// `text` without one line end at its end: what stands before a boundary belongs to the boundary
/// (RFC 2046 s.5.1.1).
std::string_view without_line_end(std::string_view text, char end);

/// Nothing but spaces and tabs.
bool is_blank_line(std::string_view line);
/// A blank of a header field, whose lines may be folded.
inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
/// Without those before and behind it.
inline std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace restante::mime
