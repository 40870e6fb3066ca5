// Text of any charset as UTF-8, whatever is said of it: mail names charsets that it does not use,
// that nobody knows, or none. Pure.
#pragma once

#include <string>
#include <string_view>

namespace restante::text {

/// Well-formed UTF-8, always. `charset` is as declared, perhaps empty. Octets that mean nothing
/// become U+FFFD; an unknown charset is UTF-8 if the octets are, else windows-1252.
std::string to_utf8(std::string_view octets, std::string_view charset);

/// The text with everything that is no well-formed UTF-8 made U+FFFD.
std::string mend_utf8(std::string_view text);

/// The longest beginning of at most `bytes` bytes that does not cut a character of UTF-8.
std::string_view cut_utf8(std::string_view text, std::size_t bytes);

/// One character from the front of well-formed UTF-8, which is made shorter. 0 at the end.
char32_t take_character(std::string_view& text);
void append_character(std::string& text, char32_t character);

}  // namespace restante::text
