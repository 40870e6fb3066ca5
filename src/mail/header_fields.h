// The fields of a header whose lines end in LF, as text: no value is decoded here. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::mail {

/// Takes the next field with its continuation lines off the front; nothing at the end.
std::optional<std::string_view> take_field(std::string_view& header);

/// What is behind the colon, in any case of the name; nothing: the field has another name.
std::optional<std::string_view> value_of(std::string_view field, std::string_view name);

/// Without line ends and without blanks around.
std::string unfolded(std::string_view value);

/// The first field of that name, unfolded; empty: there is none.
std::string header_field(std::string_view header, std::string_view name);

}  // namespace restante::mail
