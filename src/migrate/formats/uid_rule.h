// Which unique ids can be kept. RFC 1939 s.7 allows 1 to 70 characters from 0x21 to 0x7E, each id
// once in a maildrop. Others are mapped by a rule that gives the same id in every run.
#pragma once

#include <string>
#include <string_view>

namespace restante::migrate {

/// Words for the operator where the rule was used.
inline constexpr std::string_view kUidRule =
    "an id over 70 characters, or with blanks or characters outside ASCII, became the SHA-256 of "
    "itself in 64 hexadecimal digits; the second message with an id got -2 behind it, the third -3";

/// `uid` itself where RFC 1939 allows it, else the id that the rule makes of it. `uid` is not
/// empty.
std::string storable_uid(std::string_view uid);

/// The id of the message that is the `number`th with this id, from 2 on.
std::string repeated_uid(std::string_view uid, std::size_t number);

}  // namespace restante::migrate
