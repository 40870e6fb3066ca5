// The write side of accounts that are managed elsewhere (PAM, LDAP, a database). It refuses every
// request, and says how to look an account up.
#pragma once

#include <memory>
#include <string>

#include "accounts/admin.h"

namespace restante::accounts {

/// `where`: "pam", "ldap ldap://…". Everything is kState.
std::unique_ptr<AccountAdmin> make_elsewhere_admin(std::string where);

}  // namespace restante::accounts
