// Whom a message in a catch-all account was for, by what the account's own provider wrote into its
// header when it came, and which targets get it. Anybody may write such fields into a message: only
// those above the line by which our provider says that it received it are its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "profile/profile.h"

namespace restante::fetch {

/// The values of the field `field` above the first Received by `host`, lower case, without <>, in
/// their order; none when there is no such Received (RFC 5322 s.3.6.7). The header's lines end in
/// LF.
std::vector<std::string> envelope_addresses(std::string_view header, std::string_view field,
                                            std::string_view host);

/// The names of the targets that a message of the account goes to, none twice: those whose
/// addresses it has, or else the account's `unsorted`. Only for an account with an envelope field.
std::vector<std::string> sorted_targets(const profile::Account& account, std::string_view header);

}  // namespace restante::fetch
