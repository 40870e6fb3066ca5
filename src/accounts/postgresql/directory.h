// Accounts in a PostgreSQL database, by queries that the operator writes. Slow.
#pragma once

#include <memory>

#include "accounts/directory.h"
#include "accounts/postgresql/settings.h"

namespace restante::accounts::postgresql {

/// Connects when it is first asked, so that a server that is down at the start is none of ours.
/// Errors: kSyntax (the connection string).
Result<std::unique_ptr<Directory>> open_directory(Settings settings);

}  // namespace restante::accounts::postgresql
