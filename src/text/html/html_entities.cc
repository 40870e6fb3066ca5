// What &name; and &#N; stand for, as browsers read them.
#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/ascii.h"
#include "text/charsets/converter.h"
#include "text/charsets/utf8.h"
#include "text/html/html_entity_names.h"
#include "text/html/html_tokens.h"

namespace restante::text {
namespace {

constexpr std::size_t kNameBytesMax = 32;

bool is_name_character(char c) { return is_alpha(c) || is_digit(c); }

/// The digits' value, at most beyond Unicode's end; nothing but digits is taken off `text`.
std::uint32_t take_number(std::string_view& text, unsigned base) {
  constexpr std::uint32_t kTooMuch = 0x110000;
  std::uint32_t number = 0;
  while (!text.empty()) {
    const char c = to_lower(text.front());
    const bool is_hexadecimal = base == 16 && c >= 'a' && c <= 'f';
    if (!is_digit(c) && !is_hexadecimal) break;
    const auto digit = static_cast<std::uint32_t>(is_digit(c) ? c - '0' : c - 'a' + 10);
    number = std::min(number * base + digit, kTooMuch);
    text.remove_prefix(1);
  }
  return number;
}

/// Takes "#…" and its semicolon, which may be missing.
void append_numeric(std::string_view& text, std::string& out) {
  std::string_view rest = text.substr(1);
  const bool is_hexadecimal = !rest.empty() && to_lower(rest.front()) == 'x';
  if (is_hexadecimal) rest.remove_prefix(1);
  const std::string_view digits = rest;
  const std::uint32_t number = take_number(rest, is_hexadecimal ? 16 : 10);
  if (rest.size() == digits.size()) {
    out += '&';
    return;
  }
  if (rest.starts_with(';')) rest.remove_prefix(1);
  text = rest;
  if (number >= 0x80 && number < 0xA0) {
    // Senders that number C1 controls mean the signs of windows-1252 there, as browsers know.
    const char octet = static_cast<char>(number);
    out += convert(std::string_view(&octet, 1), "windows-1252").text;
  } else {
    append_character(out, number == 0 ? char32_t{0xFFFD} : char32_t{number});
  }
}

/// Takes "name;", or a name that may stand without the semicolon. In the value of an attribute
/// such a one must not go on: "?a=1&copy=2" is a link.
void append_named(std::string_view& text, bool is_value, std::string& out) {
  const std::string_view front = text.substr(0, kNameBytesMax);
  const auto end = std::find_if_not(front.begin(), front.end(), is_name_character);
  std::size_t length = static_cast<std::size_t>(end - front.begin());
  if (length < text.size() && text[length] == ';') {
    const std::string_view characters = characters_of(text.substr(0, length));
    if (!characters.empty()) {
      out.append(characters);
      text.remove_prefix(length + 1);
      return;
    }
  }
  length = old_name_length(front.substr(0, length));
  const bool goes_on =
      length < text.size() && (is_name_character(text[length]) || text[length] == '=');
  if (length == 0 || (is_value && goes_on)) {
    out += '&';
    return;
  }
  out.append(characters_of(text.substr(0, length)));
  text.remove_prefix(length);
}

}  // namespace

std::string resolve_entities(std::string_view text, bool is_value) {
  std::string resolved;
  resolved.reserve(text.size());
  while (!text.empty()) {
    const std::size_t at = std::min(text.find('&'), text.size());
    resolved.append(text.substr(0, at));
    text.remove_prefix(at);
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.starts_with('#')) {
      append_numeric(text, resolved);
    } else {
      append_named(text, is_value, resolved);
    }
  }
  return resolved;
}

}  // namespace restante::text
