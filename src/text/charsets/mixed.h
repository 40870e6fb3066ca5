// UTF-8 that has octets of another set in it: programs put texts together without a look at their
// charsets, such as a reply over the mail that it quotes. Pure; linear.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::text {

/// Lines of UTF-8 are read as they are, lines that are none by `single`, a set of one octet, or if
/// that is empty by what they look like; and so are single octets between letters of Latin UTF-8.
/// What else is no UTF-8 becomes U+FFFD. Nothing: there is no UTF-8 in it, or not for sure.
std::optional<std::string> mixed_to_utf8(std::string_view octets, std::string_view single);

/// By chance, a few characters of a set of two octets look like UTF-8; but not characters of three
/// octets, many, several of one script, or one between letters.
bool is_clearly_utf8(std::string_view octets);

}  // namespace restante::text
