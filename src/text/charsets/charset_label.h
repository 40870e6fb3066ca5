// What the names of charsets in mail mean. Pure.
#pragma once

#include <string_view>

namespace restante::text {

/// The set that is meant: a name of converter.h's, or "us-ascii", "utf-8", "utf-16", "utf-16be",
/// "iso-2022-jp", "iso-2022-kr". Empty for a name that says nothing ("x-unknown", "8bit") or that
/// is not known. All labels of the WHATWG's Encoding Standard are known, and others that mail has;
/// case and everything but letters and digits make no difference. As there, a set's name stands
/// for what its senders use: iso-8859-1 is windows-1252, gb2312 is gb18030, euc-kr is windows-949.
std::string_view charset_meant(std::string_view label);

}  // namespace restante::text
