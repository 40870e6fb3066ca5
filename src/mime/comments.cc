#include "mime/comments.h"

namespace restante::mime {

std::size_t comment_length(std::string_view text, bool& has_ends) {
  if (!has_ends || !text.starts_with('(')) return 0;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '(') {
      ++depth;
    } else if (text[i] == ')' && --depth == 0) {
      return i + 1;
    }
  }
  // Remembered for the whole field, which would else be read to its end from every "(".
  has_ends = false;
  return 0;
}

}  // namespace restante::mime
