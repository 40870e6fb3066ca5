#include "mime/encoded_word.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/ascii.h"
#include "mime/line_scan.h"

namespace restante::mime {
namespace {

constexpr std::size_t kCharsetBytesMax = 60;

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
    if (c == '=') count = 0;  // The rest of a piece is less than an octet.
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

/// "=?charset?B?"
struct Head {
  std::string_view charset;
  char encoding = 0;
  std::size_t length = 0;
};

std::optional<Head> head_of(std::string_view text) {
  if (!text.starts_with("=?")) return std::nullopt;
  const std::size_t end = text.substr(0, kCharsetBytesMax + 3).find('?', 2);
  if (end == std::string_view::npos || end + 2 >= text.size() || text[end + 2] != '?')
    return std::nullopt;
  const char encoding = to_lower(text[end + 1]);
  std::string_view charset = text.substr(2, end - 2);
  const bool is_given = !charset.empty();
  while (!charset.empty() && is_blank(charset.front())) charset.remove_prefix(1);
  while (!charset.empty() && is_blank(charset.back())) charset.remove_suffix(1);
  if ((encoding != 'b' && encoding != 'q') || (is_given && charset.empty()) ||
      std::any_of(charset.begin(), charset.end(), is_blank))
    return std::nullopt;
  return Head{charset, encoding, end + 3};
}

/// "?=20next?=": a question mark and an octet rather than the end.
bool is_octet_behind_mark(std::string_view behind) {
  if (behind.size() < 2 || value_of_digit(behind[0]) < 0 || value_of_digit(behind[1]) < 0)
    return false;
  const std::size_t next = behind.find_first_of("? \t\r\n");
  return next != std::string_view::npos && behind.substr(next).starts_with("?=") &&
         behind[next - 1] != '=';
}

/// Where the text in the word ends.
struct End {
  std::size_t at = std::string_view::npos;  // npos: nowhere,
  bool is_missing = false;                  // or the next word begins here.
};

End find_end(std::string_view coded, char encoding) {
  for (std::size_t i = coded.find('?'); i != std::string_view::npos; i = coded.find('?', i + 1)) {
    if (i > 0 && coded[i - 1] == '=') {
      const auto next = head_of(coded.substr(i - 1));
      if (next && next->charset.find('=') == std::string_view::npos) return {i - 1, true};
    }
    const bool ends = coded.substr(i + 1).starts_with('=');
    if (ends && (encoding != 'q' || !is_octet_behind_mark(coded.substr(i + 2)))) return {i, false};
  }
  return {};
}

}  // namespace

std::optional<EncodedWord> take_encoded_word(std::string_view& text, bool& has_ends) {
  const auto head = head_of(text);
  if (!head) return std::nullopt;
  const std::string_view charset = head->charset.substr(0, head->charset.find('*'));
  std::string_view coded = text.substr(head->length);
  const End found = has_ends ? find_end(coded, head->encoding) : End();
  std::size_t end = found.at;
  std::size_t behind = end + 2;
  if (end == std::string_view::npos || found.is_missing) {
    if (!found.is_missing) has_ends = false;
    end = behind =
        std::min(coded.substr(0, end).find_first_of(" \t\r\n\""), std::min(end, coded.size()));
    if (end > 0 && coded[end - 1] == '?') --end;
  }
  text = coded.substr(behind);
  coded = coded.substr(0, end);
  return EncodedWord{charset, head->encoding == 'b' ? decode_b(coded) : decode_q(coded)};
}

}  // namespace restante::mime
