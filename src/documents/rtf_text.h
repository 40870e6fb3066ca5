// The text of Rich Text Format (RTF 1.9): without fonts, pictures and what else is not read. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restante::text {

/// UTF-8, at most about `bytes_max` bytes; empty: it is no RTF, or has none.
std::string rtf_text(std::string_view octets, std::size_t bytes_max);

}  // namespace restante::text
