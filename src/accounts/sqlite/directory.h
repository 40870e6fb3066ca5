// The Directory over accounts.db. Accounts found are kept in memory; one PRAGMA data_version (a
// look into shared memory, no file read) before each answer tells whether another connection has
// committed, and then all of them are forgotten. So a change by restantectl is seen by the next
// login, and a client that polls costs no query.
#pragma once

#include <filesystem>
#include <memory>

#include "accounts/directory.h"
#include "accounts/names.h"

namespace restante::accounts::sqlite {

/// Makes the database when it is not there. Errors: kIo, kBusy, kCorrupt.
Result<std::unique_ptr<Directory>> open_directory(const std::filesystem::path& path,
                                                  const NameRules& rules = {});

}  // namespace restante::accounts::sqlite
