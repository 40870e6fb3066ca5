#include "mime/line_scan.h"

namespace restante::mime {

char line_end_of(std::string_view text) {
  const bool is_cr_alone =
      text.find('\n') == std::string_view::npos && text.find('\r') != std::string_view::npos;
  return is_cr_alone ? '\r' : '\n';
}

Line line_at(std::string_view text, std::size_t at, char end) {
  const std::size_t found = text.find(end, at);
  const bool is_last = found == std::string_view::npos;
  Line line{text.substr(at, is_last ? std::string_view::npos : found - at),
            is_last ? text.size() : found + 1};
  while (line.text.ends_with('\r')) line.text.remove_suffix(1);
  return line;
}

std::string_view without_line_end(std::string_view text, char end) {
  if (!text.ends_with(end)) return text;
  text.remove_suffix(1);
  if (end == '\n' && text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace restante::mime
