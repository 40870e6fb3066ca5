// The Directory over accounts.db. Accounts found are kept in memory; before each answer a look at
// SQLite's shared memory (sql/commit_mark.h) tells whether anything was written, and then one
// PRAGMA data_version whether another connection has committed: then all of them are forgotten. So
// a change by restantectl is seen by the next login, and a client that polls costs no query.
#pragma once

#include <filesystem>
#include <memory>

#include "accounts/directory.h"

namespace restante::accounts::sqlite {

/// Makes the database when it is not there. Errors: kIo, kBusy, kCorrupt.
Result<std::unique_ptr<Directory>> open_directory(const std::filesystem::path& path);

}  // namespace restante::accounts::sqlite
