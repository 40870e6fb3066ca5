#include "fetch/hand_on/imap_folder.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace restante::fetch {
namespace {

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_printable(char c) { return c >= 0x20 && c <= 0x7e; }

/// Every "&" begins "&…-" of the right letters: the name is encoded already.
bool is_encoded(std::string_view name) {
  if (!std::all_of(name.begin(), name.end(), is_printable)) return false;
  for (std::size_t i = name.find('&'); i != std::string_view::npos; i = name.find('&', i)) {
    const std::size_t end = name.find_first_not_of(kLetters, i + 1);
    if (end == std::string_view::npos || name[end] != '-') return false;
    i = end;
  }
  return true;
}

/// The next character, taken off; nothing when this is no UTF-8.
std::optional<std::uint32_t> take_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || text.size() < length) return std::nullopt;
  std::uint32_t value = length == 1 ? first : first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80) return std::nullopt;
    value = (value << 6U) | (next & 0x3fU);
  }
  text.remove_prefix(length);
  return value;
}

/// Bits in groups of six, as RFC 3501 has them: without padding.
std::string encoded(std::u16string_view units) {
  std::string out = "&";
  std::uint32_t bits = 0;
  int held = 0;
  for (const char16_t unit : units) {
    bits = (bits << 16U) | unit;
    for (held += 16; held >= 6; held -= 6) out += kLetters[(bits >> (held - 6)) & 63U];
  }
  if (held > 0) out += kLetters[(bits << (6 - held)) & 63U];
  return out + '-';
}

void append_utf16(std::uint32_t character, std::u16string& units) {
  if (character < 0x10000) {
    units += static_cast<char16_t>(character);
    return;
  }
  units += static_cast<char16_t>(0xd800 + ((character - 0x10000) >> 10U));
  units += static_cast<char16_t>(0xdc00 + ((character - 0x10000) & 0x3ffU));
}

}  // namespace

std::string imap_folder_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t path = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  std::string_view text = path == std::string_view::npos ? "" : url.substr(path + 1);
  std::string folder;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                      hex_digit(text[i + 2]) >= 0;
    folder +=
        pair ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
    if (pair) i += 2;
  }
  return folder.empty() ? "INBOX" : folder;
}

std::string modified_utf7(std::string_view name) {
  if (is_encoded(name)) return std::string(name);
  std::string out;
  std::u16string units;
  std::string_view rest = name;
  while (!rest.empty()) {
    const std::optional<std::uint32_t> character = take_character(rest);
    // A name in another charset: it goes out as it was written, and the server says whether it
    // knows it.
    if (!character) return std::string(name);
    if (*character >= 0x20 && *character <= 0x7e) {
      if (!units.empty()) out += encoded(units);
      units.clear();
      out += static_cast<char>(*character);
      if (*character == '&') out += '-';
    } else {
      append_utf16(*character, units);
    }
  }
  return units.empty() ? out : out + encoded(units);
}

}  // namespace restante::fetch
