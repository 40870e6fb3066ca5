// One encoded word: =?charset?B or Q?text?=. Pure. RFC 2047.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::mime {

struct EncodedWord {
  std::string_view charset;  ///< As written, without the language (RFC 2231 s.5). May be empty.
  std::string octets;        ///< In that charset.
};

/// The word that `text` begins with, which is taken off; nothing, and `text` as before, if it
/// begins with none. Its end may be missing: then it goes to the next blank or word. Other signs
/// than base64's are left out; padding may stand anywhere, or be missing. Linear in what is taken
/// off, but for the search for an end that is not there: then `has_ends` becomes false, and later
/// calls on the rest of the same text do not search again.
std::optional<EncodedWord> take_encoded_word(std::string_view& text, bool& has_ends);

}  // namespace restante::mime
