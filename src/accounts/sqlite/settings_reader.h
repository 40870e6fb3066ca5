// The read side of the settings of accounts, over accounts.db. It answers from memory; a commit to
// the database makes it read again.
#pragma once

#include <filesystem>
#include <memory>

#include "accounts/settings_store.h"

namespace restante::accounts::sqlite {

/// Makes the database when it is not there. Errors: kIo, kBusy, kCorrupt.
Result<std::unique_ptr<SettingsReader>> open_settings_reader(const std::filesystem::path& path);

}  // namespace restante::accounts::sqlite
