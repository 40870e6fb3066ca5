// Text of 7 bits whose sets change by escapes, as mail really has it: wider than the standards.
// Pure; linear.
#pragma once

#include <string_view>

#include "text/charsets/converter.h"

namespace restante::text {

/// ISO-2022-JP, -1, -2, -3 and -MS, JIS7 and JIS8: with the rows of NEC and IBM and half-width
/// kana. A line begins in ASCII. RFC 1468, RFC 2237, RFC 1554.
Converted convert_iso2022_jp(std::string_view octets);

/// ISO-2022-KR, with the header that says so or without. RFC 1557.
Converted convert_iso2022_kr(std::string_view octets);

/// Has escapes that choose a Japanese set: it is ISO-2022-JP under any name.
bool has_iso2022_jp(std::string_view octets);

}  // namespace restante::text
