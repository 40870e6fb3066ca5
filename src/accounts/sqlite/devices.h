// Device passwords in accounts.db: those of all its accounts, and the last use of each.
// settings_table.h changes them.
#pragma once

#include <filesystem>

#include "accounts/admin.h"
#include "accounts/own/device_uses.h"
#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

/// As AccountAdmin::list_each_account_with_devices().
Status list_all_devices(Database& database, const ListRange& range,
                        const std::function<bool(const AccountDevices&)>& take);

/// Writes down the last use of devices. One transaction, so that it makes the accounts in memory
/// (directory.h) be read again once, not once a login. Errors: kIo, kBusy, kFull.
Status write_uses(const std::filesystem::path& path, const own::DeviceUses::Uses& uses);

}  // namespace restante::accounts::sqlite
