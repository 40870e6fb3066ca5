// The names of characters in HTML. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace restante::text {

/// What "&name;" stands for, of the 2,125 names of the HTML standard; empty for no name. `name` is
/// without & and semicolon.
std::string_view characters_of(std::string_view name);

/// The length of the longest name that `text` begins with and that may lack its semicolon, as
/// "copy" may; 0 if there is none.
std::size_t old_name_length(std::string_view text);

}  // namespace restante::text
