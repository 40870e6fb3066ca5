// UTF-8 for those who can show ASCII alone: letters without their marks, signs as they are written
// by hand, '?' for what has no likeness, as wide as it was. Pure.
#pragma once

#include <string>
#include <string_view>

namespace restante::text {

/// `text` is well-formed UTF-8; its ASCII stays as it is.
std::string to_ascii(std::string_view text);

}  // namespace restante::text
