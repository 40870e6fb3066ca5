// The charset that a document of HTML says it has. Pure.
#pragma once

#include <string>
#include <string_view>

namespace restante::text {

/// The label of <meta charset> or of <meta http-equiv content="…; charset=…"> among the first
/// 4,096 octets, "utf-8" for a byte order mark; empty if there is none that is known. For HTML
/// whose part names no charset.
std::string html_charset(std::string_view octets);

/// The document as UTF-8, by the part's charset; by its own where the part's is missing, unknown,
/// or ASCII that it is not.
std::string html_to_utf8(std::string_view octets, std::string_view charset);

}  // namespace restante::text
