// UTF-8, character by character. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restante::text {

/// The text with everything that is no well-formed UTF-8 made U+FFFD.
std::string mend_utf8(std::string_view text);

/// How many bytes the character at the front has, when it is well-formed; else 0. `text` is not
/// empty.
std::size_t character_bytes(std::string_view text);

/// The longest beginning of at most `bytes` bytes that does not cut a character of UTF-8.
std::string_view cut_utf8(std::string_view text, std::size_t bytes);

/// One character from the front of well-formed UTF-8, which is made shorter. 0 at the end.
char32_t take_character(std::string_view& text);
void append_character(std::string& text, char32_t character);

}  // namespace restante::text
