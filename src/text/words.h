// Text as the search index takes it: what is written without blanks between words (Chinese,
// Japanese, Korean, Thai, …) gets one around each character, so that any part of it can be found as
// a phrase; and what is no word (encoded data) is left out. Pure. Queries go the same way.
#pragma once

#include <string>
#include <string_view>

namespace restante::text {

/// Written without blanks: each character is a word of the index.
bool is_word_alone(char32_t character);

/// Appends the text, which is well-formed UTF-8, until `out` has `bytes_max` bytes.
void append_words(std::string_view text, std::string& out, std::size_t bytes_max);

/// The same text without the blanks that append_words() put in: for snippets.
std::string join_words(std::string_view text);

}  // namespace restante::text
