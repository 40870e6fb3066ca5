#include "mime/utf16.h"

#include "text/charsets/charset.h"

namespace restante::mime {

bool is_utf16(std::string_view octets) {
  return octets.starts_with("\xFF\xFE") || octets.starts_with("\xFE\xFF");
}

std::string from_utf16(std::string_view octets) {
  const bool little = octets.starts_with("\xFF\xFE");
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(octets[at]);
    const auto second = static_cast<unsigned char>(octets[at + 1]);
    return static_cast<char32_t>(little ? first | (second << 8U) : (first << 8U) | second);
  };
  std::string out;
  out.reserve(octets.size() / 2);
  for (std::size_t at = 2; at + 1 < octets.size(); at += 2) {
    char32_t character = unit(at);
    const bool is_high = character >= 0xD800 && character < 0xDC00;
    const char32_t low = is_high && at + 3 < octets.size() ? unit(at + 2) : 0;
    if (is_high && low >= 0xDC00 && low < 0xE000) {
      character = 0x10000 + ((character - 0xD800) << 10U) + (low - 0xDC00);
      at += 2;
    } else if (character >= 0xD800 && character < 0xE000) {
      character = 0xFFFD;
    }
    text::append_character(out, character);
  }
  return out;
}

}  // namespace restante::mime
