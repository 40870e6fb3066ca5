#include "mime/encoded_word.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/ascii.h"

namespace restante::mime {
namespace {

constexpr std::size_t kCharsetBytesMax = 60;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// 0..63; -1: no letter of base64, in either alphabet.
int value_of_letter(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

/// Pieces that are padded each for itself are put together.
std::string decode_b(std::string_view text) {
  std::string octets;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    if (c == '=') count = 0;  // What is left of a piece is less than an octet.
    const int value = value_of_letter(c);
    if (value < 0) continue;
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    octets += static_cast<char>(bits >> count & 0xFFU);
  }
  return octets;
}

int value_of_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string decode_q(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' || c == '\n') continue;  // Folded where it must not be.
    const int high = c == '=' && i + 2 < text.size() ? value_of_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? value_of_digit(text[i + 2]) : -1;
    if (low >= 0) {
      octets += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      octets += c == '_' ? ' ' : c;
    }
  }
  return octets;
}

}  // namespace

std::optional<EncodedWord> take_encoded_word(std::string_view& text, bool& has_ends) {
  if (!text.starts_with("=?")) return std::nullopt;
  const std::size_t charset_end = text.substr(0, kCharsetBytesMax + 3).find('?', 2);
  if (charset_end == std::string_view::npos || charset_end + 2 >= text.size() ||
      text[charset_end + 2] != '?')
    return std::nullopt;
  const char encoding = to_lower(text[charset_end + 1]);
  std::string_view charset = text.substr(2, charset_end - 2);
  if ((encoding != 'b' && encoding != 'q') || std::any_of(charset.begin(), charset.end(), is_blank))
    return std::nullopt;
  charset = charset.substr(0, charset.find('*'));
  std::string_view coded = text.substr(charset_end + 3);
  std::size_t end = has_ends ? coded.find("?=") : std::string_view::npos;
  std::size_t behind = end + 2;
  if (end == std::string_view::npos) {
    has_ends = false;
    end = behind = std::min(coded.find_first_of(" \t\r\n\""), coded.size());
    if (end > 0 && coded[end - 1] == '?') --end;
  }
  text = coded.substr(behind);
  coded = coded.substr(0, end);
  return EncodedWord{charset, encoding == 'b' ? decode_b(coded) : decode_q(coded)};
}

}  // namespace restante::mime
