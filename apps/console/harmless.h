// Text from elsewhere, on its way to a terminal: it may hold escape sequences for it.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/utf8.h"

namespace restante::console {

/// Control characters become '?', but for LF; those of 8 bits, too, in UTF-8 (U+0080 to U+009F).
/// The result is UTF-8 in any case.
inline std::string harmless(std::string_view text) {
  std::string out = to_utf8(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return is_control(c) && c != '\n'; }, '?');
  for (std::size_t at = out.find('\xC2'); at != std::string::npos && at + 1 < out.size();
       at = out.find('\xC2', at + 1)) {
    const auto next = static_cast<unsigned char>(out[at + 1]);
    if (next >= 0x80 && next < 0xA0) out.replace(at, 2, "?");
  }
  return out;
}

/// The same in one line.
inline std::string harmless_line(std::string_view text) {
  std::string out = harmless(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

}  // namespace restante::console
