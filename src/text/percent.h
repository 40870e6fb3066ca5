// Octets that are written as "%40" (RFC 2392), as URLs and parameters in mail have them. Pure.
#pragma once

#include <string>
#include <string_view>

namespace restante::text {

/// A "%" without two hexadecimal digits behind it stands for itself.
std::string percent_decoded(std::string_view text);

}  // namespace restante::text
