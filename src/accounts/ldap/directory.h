// Accounts in an LDAP directory: found by a search with the service's own bind; passwords checked
// by a bind as the entry that was found, or against a secret in it. Slow.
#pragma once

#include <memory>

#include "accounts/directory.h"
#include "accounts/ldap/settings.h"

namespace restante::accounts::ldap {

/// Connects when it is first asked, so that a server that is down at the start is none of ours.
/// Errors: kSyntax (the URI or a filter), kIo (the file with the password).
Result<std::unique_ptr<Directory>> open_directory(Settings settings);

}  // namespace restante::accounts::ldap
