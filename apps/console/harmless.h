// Text from elsewhere, on its way to a terminal: it may hold escape sequences for it.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace restante::console {

/// Control characters become '?', but for LF.
inline std::string harmless(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return is_control(c) && c != '\n'; }, '?');
  return out;
}

/// The same in one line.
inline std::string harmless_line(std::string_view text) {
  std::string out = harmless(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

}  // namespace restante::console
