// A copy of accounts.db while others use it, for backups.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace restante::accounts::sqlite {

/// Writes the database as it is at one moment into `target`, an empty file; writers need not wait.
/// Not durable until the caller has synced the target. Errors: kNotFound (there is no database),
/// kIo, kFull, kBusy, kCorrupt.
Status copy_database(const std::filesystem::path& path, const std::filesystem::path& target);

}  // namespace restante::accounts::sqlite
