// The tables of accounts.db and their versions (PRAGMA user_version). Opening migrates.
#pragma once

#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

/// What this program reads and writes.
inline constexpr std::int64_t kSchemaVersion = 11;

/// Opens the database, made when it is not there (mode 0600), and brings its tables to
/// kSchemaVersion, in one transaction, also when other processes do the same at this moment. What
/// was of an older version is kept beside it first, as NAME.vN.
/// Errors: kIo, kBusy, kCorrupt (another program's database, or made by a newer version of this
/// one).
Result<Database> open_accounts(const std::filesystem::path& path,
                               std::chrono::milliseconds patience);

}  // namespace restante::accounts::sqlite
