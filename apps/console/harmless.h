// Text from elsewhere, on its way to a person: it may hold escape sequences for the terminal, turn
// the direction of what is read, or hide characters. All that goes to a terminal goes through here.
#pragma once

#include <string>
#include <string_view>

namespace restante::console {

/// Control characters become '?', but for LF; those of 8 bits, too (U+0080 to U+009F), and what
/// makes text run backwards (U+202D, U+202E). Other characters without a shape are left out
/// (directions, zero width, tags), but for the joiners and selectors that letters and emoji need;
/// separators of lines become LF. The result is UTF-8 in any case. Takes time by the text's length.
std::string harmless(std::string_view text);

/// The same in one line.
std::string harmless_line(std::string_view text);

/// Whether a character shows nothing, or does something: of those above, any.
bool is_hidden(char32_t character);

/// JSON that is UTF-8, with hidden characters as \uXXXX: the same values, and no danger.
std::string escaped_json(std::string_view json);
/// HTML that is UTF-8, with hidden characters as &#xXXXX;, which browsers read; controls left out.
std::string escaped_html(std::string_view html);

}  // namespace restante::console
