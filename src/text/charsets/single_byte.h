// Single-byte charsets that ICU does not have. Pure.
#pragma once

#include <string_view>

namespace restante::text {

/// What the octets 0x80..0xFF are in it, U+FFFD for nothing; empty for a set that is not here.
std::u16string_view upper_half(std::string_view name);

}  // namespace restante::text
