// RTF as Outlook packs it: LZFu (MS-OXRTFCP). Pure; linear in what comes out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restante::text {

/// At most `bytes_max`. Of one that is cut, what comes before; empty: it is none.
std::string unpacked_rtf(std::string_view octets, std::size_t bytes_max);

}  // namespace restante::text
