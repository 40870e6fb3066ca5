// From the name that a client logs in with to its account. The name is tried as it came, then as
// SASLprep (RFC 4013) makes it: so an account whose name was stored unprepared stays within reach,
// and a client that sends another normal form of an accented name gets in as well. Whichever
// account is found, it is its own password that has to be right.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/directory.h"
#include "accounts/names/names.h"
#include "base/result.h"

namespace restante::accounts {

/// The canonical names that `name` may stand for, in the order in which to look them up: one, or
/// two for some names that are not ASCII, or none when it can be no name.
std::vector<std::string> login_names(std::string_view name, const NameRules& rules);

/// The account, enabled or not: one that is spelt as one of login_names(), else one that they are
/// another spelling of. Errors: kNotFound (also for what can be no name; what the directory says of
/// the name as it came is for the log), kIo. As slow as the
/// directory.
Result<Account> find_login(Directory& directory, std::string_view name, const NameRules& rules);
Result<Account> find_login(Directory& directory, const std::vector<std::string>& names);
/// The same without waiting; std::nullopt when that is not possible.
std::optional<Result<Account>> find_login_now(Directory& directory,
                                              const std::vector<std::string>& names);

/// The account or alias of a canonical name in this spelling, else in another.
Result<Account> find_any_spelling(Directory& directory, std::string_view name);
Result<std::vector<std::string>> find_alias_any_spelling(Directory& directory,
                                                         std::string_view address);

/// What all spellings of a login name have in common, whether there is an account or not: for
/// counting by account, and for answers that must not tell whether there is one. Also for what can
/// be no name.
std::string login_key(std::string_view name, const NameRules& rules);

/// Whether two login names may stand for one account.
bool is_same_login(std::string_view a, std::string_view b, const NameRules& rules);

}  // namespace restante::accounts
