#include "archive/exchange/import/folder_name.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace restante::archive {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

void append_utf8(std::string& text, char32_t c) {
  const auto tail = [&](unsigned shift) {
    text += static_cast<char>(0x80U | ((c >> shift) & 0x3FU));
  };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0U | (c >> 6U));
    tail(0);
  } else if (c < 0x10000) {
    text += static_cast<char>(0xE0U | (c >> 12U));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0U | (c >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// What stands between "&" and "-": UTF-16 in base64.
std::optional<std::string> decode(std::string_view word) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned held = 0;
  char32_t high = 0;
  for (const char c : word) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 16) continue;
    held -= 16;
    const char32_t unit = (bits >> held) & 0xFFFFU;
    const bool is_low = unit >= 0xDC00 && unit <= 0xDFFF;
    // Half of a pair is no character: the name is not of this form.
    if (is_low != (high != 0)) return std::nullopt;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      high = unit;
    } else {
      append_utf8(text, is_low ? 0x10000 + ((high - 0xD800) << 10U) + (unit - 0xDC00) : unit);
      high = 0;
    }
  }
  // At most the padding of a last digit is left over.
  return high == 0 && held < 6 ? std::optional(text) : std::nullopt;
}

std::string from_utf7(std::string_view name) {
  std::string text;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const std::size_t end = name[at] == '&' ? name.find('-', at) : std::string_view::npos;
    if (end == std::string_view::npos) {
      text += name[at];
      continue;
    }
    const auto decoded = decode(name.substr(at + 1, end - at - 1));
    // As it stands: a name that is no modified UTF-7 was made by a program that does not know it.
    if (!decoded) return std::string(name);
    text += end == at + 1 ? "&" : *decoded;
    at = end;
  }
  return text;
}

}  // namespace

std::string maildir_folder_name(std::string_view folder) {
  std::string name;
  while (!folder.empty()) {
    const std::size_t dot = std::min(folder.find('.'), folder.size());
    // A dot separates folders in Maildir++.
    if (!name.empty()) name += '/';
    name += from_utf7(folder.substr(0, dot));
    folder.remove_prefix(std::min(dot + 1, folder.size()));
  }
  return name;
}

}  // namespace restante::archive
