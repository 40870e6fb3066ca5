// The write side over accounts.db: each change one transaction, safe beside a running server.
#pragma once

#include <filesystem>
#include <memory>

#include "accounts/admin.h"
#include "accounts/names/names.h"

namespace restante::accounts::sqlite {

/// Makes the database when it is not there. `clock` is not owned and outlives it.
/// Errors: kIo, kBusy, kCorrupt.
Result<std::unique_ptr<AccountAdmin>> open_admin(const std::filesystem::path& path, NameRules rules,
                                                 const Clock& clock);

}  // namespace restante::accounts::sqlite
