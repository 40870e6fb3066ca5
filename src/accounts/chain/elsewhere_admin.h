// The write side of accounts that somebody else manages (PAM, LDAP, a database): says so, and how
// to look one up, whatever is asked of it.
#pragma once

#include <memory>
#include <string>

#include "accounts/admin.h"

namespace restante::accounts {

/// `where`: "pam", "ldap ldap://…". Everything is kState.
std::unique_ptr<AccountAdmin> make_elsewhere_admin(std::string where);

}  // namespace restante::accounts
