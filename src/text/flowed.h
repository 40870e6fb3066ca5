// format=flowed: paragraphs put together again from the lines they were cut into (RFC 3676). Pure.
#pragma once

#include <string>
#include <string_view>

namespace restante::text {

/// Lines may end in LF or CRLF; the result's end in LF. `delete_space` is the parameter DelSp=yes.
/// RFC 3676 s.4.1.
std::string unflow(std::string_view text, bool delete_space);

}  // namespace restante::text
