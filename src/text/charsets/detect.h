// What octets without a charset look like. Pure.
#pragma once

#include <string_view>

namespace restante::text {

/// A charset as converter.h names it; windows-1252 when nothing else is likely. `octets` are
/// neither ASCII nor UTF-8. Of long texts a part is looked at.
std::string_view detected_charset(std::string_view octets);

}  // namespace restante::text
