// How wide a text is on a terminal: cells, not characters. Ideographs and emoji take two, marks on
// a letter none, a sequence that is one picture (a family, a flag, a keycap) two. By Unicode's
// properties (ICU); terminals differ in the rarest. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace restante::text {

/// Of well-formed UTF-8 in one line. Control characters count as none.
std::size_t cells(std::string_view text);

/// The longest beginning that takes at most `most` cells, with the marks of its last character.
std::string_view cut_to_cells(std::string_view text, std::size_t most);

}  // namespace restante::text
