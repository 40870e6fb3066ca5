// Search filters from templates: "(mail={name})" with a name put in so that no character of it
// means anything to LDAP. Pure text; knows no connection.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::accounts::ldap {

/// `value` for a place in a filter: everything but letters, digits and a few harmless marks as \XX
/// (RFC 4515 s.3 asks for NUL, (, ), * and \, and allows it for every octet).
std::string escape_filter_value(std::string_view value);

/// The template with {name}, {local} and {domain} replaced by the escaped parts of `name`, which is
/// canonical ("local@domain", or "@domain"). Nothing that comes in by a name is replaced again.
std::string fill_filter(std::string_view filter, std::string_view name);

/// ok() when a template can be filled: parentheses that match outside values, known braces only.
/// Errors: kSyntax, saying what is wrong.
Status check_filter(std::string_view filter);

}  // namespace restante::accounts::ldap
