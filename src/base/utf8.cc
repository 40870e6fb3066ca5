#include "base/utf8.h"

#include <algorithm>

#include "base/ascii.h"

namespace restante {
namespace {

constexpr std::size_t kSequenceMax = 4;

/// Octets of the valid sequence that the text begins with; 0: it begins with none.
std::size_t valid_at(std::string_view text) {
  for (std::size_t size = 1; size <= std::min(kSequenceMax, text.size()); ++size)
    if (is_utf8(text.substr(0, size))) return size;
  return 0;
}

}  // namespace

std::string to_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  while (!text.empty()) {
    const std::size_t size = valid_at(text);
    if (size > 0) {
      out += text.substr(0, size);
    } else {
      const auto octet = static_cast<unsigned char>(text.front());
      out += static_cast<char>(0xC0U | (octet >> 6U));
      out += static_cast<char>(0x80U | (octet & 0x3FU));
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

}  // namespace restante
