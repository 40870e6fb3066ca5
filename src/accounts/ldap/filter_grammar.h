// Whether a filter is one at all (RFC 4515 s.3), before an LDAP library or a server sees it. Pure
// text. Blanks between filters are taken, as libldap takes them.
#pragma once

#include <string_view>

#include "base/result.h"

namespace restante::accounts::ldap {

/// Of a filter or a template of one (filter.h). Errors: kSyntax, saying what is wrong and where.
Status check_filter_grammar(std::string_view filter);

}  // namespace restante::accounts::ldap
