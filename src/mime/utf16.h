// A message that an editor saved as UTF-16: made UTF-8 before it is read. Pure.
#pragma once

#include <string>
#include <string_view>

namespace restante::mime {

/// Whether it begins with the mark of UTF-16, of either order.
bool is_utf16(std::string_view octets);
/// As UTF-8, without the mark; half characters are U+FFFD.
std::string from_utf16(std::string_view octets);

}  // namespace restante::mime
