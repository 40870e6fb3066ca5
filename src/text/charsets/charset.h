// Text of any charset as UTF-8, also under a wrong name: mail names charsets that it does not use,
// that do not exist, or none. Pure: no files, no locale.
#pragma once

#include <string>
#include <string_view>

#include "text/charsets/utf8.h"  // IWYU pragma: export

namespace restante::text {

/// Well-formed UTF-8, always, in time linear in the octets. `charset` is as declared, perhaps
/// empty, and means what mail programs mean by it (charset_label.h). It is not believed against
/// the octets: a byte order mark counts before it, UTF-8 is read as UTF-8 under the label of a
/// single-byte set, and under any other where that is no chance, damage or not; a text that the
/// label makes nonsense of is read as what it looks like. Without a label that is known it is UTF-8
/// if it can be, ISO-2022-JP by its escapes, else what it looks like, at last windows-1252. Octets
/// that mean nothing become U+FFFD.
std::string to_utf8(std::string_view octets, std::string_view charset);

/// True if a charset of this name or alias is known.
bool is_known_charset(std::string_view charset);

}  // namespace restante::text
