// Upper and lower case, and the normal forms, beyond ASCII: what makes two spellings of an accented
// name one. Simple folding, one character for one: "ß" is not "ss", and no language's own rules.
#pragma once

#include <string>
#include <string_view>

namespace restante::accounts {

/// NFC (RFC 6532 s.3.1) with simple case folding; applying it twice changes nothing.
/// May be longer than `text`. What is not valid UTF-8 comes back as it is.
std::string fold_case(std::string_view text);

/// NFC alone.
std::string to_nfc(std::string_view text);

}  // namespace restante::accounts
