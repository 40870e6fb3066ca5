// The Directory over accounts.db. Accounts found are kept in memory. Before each answer a look
// into shared memory (sql/commit_mark.h) tells whether anybody has committed since; only then, or
// where that memory cannot be read, a PRAGMA data_version says whether it was another connection,
// and then all of them are forgotten. So a change by restantectl is seen by the next login, and a
// client that polls costs no query.
#pragma once

#include <filesystem>
#include <memory>

#include "accounts/directory.h"
#include "accounts/names/names.h"

namespace restante::accounts::sqlite {

/// Makes the database when it is not there. Errors: kIo, kBusy, kCorrupt.
Result<std::unique_ptr<Directory>> open_directory(const std::filesystem::path& path,
                                                  const NameRules& rules = {});

}  // namespace restante::accounts::sqlite
