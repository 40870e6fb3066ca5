// The read side of what is set for accounts, over accounts.db: answered from memory, where the
// answers stand until somebody commits to the database.
#pragma once

#include <filesystem>
#include <memory>

#include "accounts/settings_store.h"

namespace restante::accounts::sqlite {

/// Makes the database when it is not there. Errors: kIo, kBusy, kCorrupt.
Result<std::unique_ptr<SettingsReader>> open_settings_reader(const std::filesystem::path& path);

}  // namespace restante::accounts::sqlite
