// Text of unknown origin as UTF-8, for JSON and terminals, which take nothing else.
#pragma once

#include <string>
#include <string_view>

namespace restante {

/// The text with every octet that belongs to no valid sequence (RFC 3629) read as ISO 8859-1, as
/// what it mostly was. Valid text stays as it is.
std::string to_utf8(std::string_view text);

}  // namespace restante
