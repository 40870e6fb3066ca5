// From the name that a client logs in with to its account. The name is tried as it came, then as
// SASLprep (RFC 4013) makes it: so an account whose name was stored unprepared stays within reach,
// and a client that sends another normal form of an accented name gets in as well. Whichever
// account is found, it is its own password that has to be right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "accounts/directory.h"
#include "accounts/names.h"
#include "base/result.h"

namespace restante::accounts {

/// The canonical names that `name` may stand for, in the order in which to look them up: one, or
/// two for some names that are not ASCII, or none when it can be no name.
std::vector<std::string> login_names(std::string_view name, const NameRules& rules);

/// The account, enabled or not. Errors: kNotFound (also for what can be no name), kIo. As slow as
/// the directory.
Result<Account> find_login(Directory& directory, std::string_view name, const NameRules& rules);

}  // namespace restante::accounts
