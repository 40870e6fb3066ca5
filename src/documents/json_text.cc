#include "documents/json_text.h"

#include <charconv>
#include <optional>

#include "text/charsets/charset.h"

namespace restante::text {
namespace {

/// The four digits behind "\u".
std::optional<char32_t> unit_of(std::string_view text) {
  constexpr std::size_t kDigits = 4;
  if (text.size() < kDigits) return std::nullopt;
  unsigned unit = 0;
  const char* const end = text.data() + kDigits;
  const auto [stop, error] = std::from_chars(text.data(), end, unit, 16);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return unit;
}

/// A character from behind "\u", two of which may be one; at least one is taken.
char32_t take_escape(std::string_view& text, char32_t unit) {
  text.remove_prefix(4);
  const bool is_first = unit >= 0xD800 && unit < 0xDC00;
  if (!is_first || !text.starts_with("\\u")) return unit;
  const auto second = unit_of(text.substr(2));
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return unit;
  text.remove_prefix(6);
  return 0x10000 + ((unit - 0xD800) << 10U) + (*second - 0xDC00);
}

}  // namespace

std::string json_text(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  while (!json.empty()) {
    const char c = json.front();
    json.remove_prefix(1);
    if (c != '\\' || json.empty()) {
      text += c;
      continue;
    }
    const char escaped = json.front();
    json.remove_prefix(1);
    const auto unit = escaped == 'u' ? unit_of(json) : std::nullopt;
    if (unit) {
      append_character(text, take_escape(json, *unit));
    } else {
      const bool is_blank = std::string_view("nrtbfu").find(escaped) != std::string_view::npos;
      text += is_blank ? ' ' : escaped;
    }
  }
  return text;
}

}  // namespace restante::text
