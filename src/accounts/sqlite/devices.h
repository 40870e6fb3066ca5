// Device passwords in accounts.db: what restantectl changes, what a login reads, and the last use
// of each, which a server notes in memory and writes down now and then.
#pragma once

#include <map>
#include <mutex>
#include <utility>

#include "accounts/admin.h"
#include "accounts/directory.h"
#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

struct DeviceName {
  std::string_view account;  ///< Canonical.
  std::string_view label;
};

/// As AccountAdmin's functions of these names.
Result<NewDevice> add_device(Database& database, const DeviceName& device, WallTime now);
Status remove_device(Database& database, const DeviceName& device);
Result<std::vector<DeviceEntry>> list_devices(Database& database, std::string_view account);

Result<Statement> prepare_find_devices(Database& database);
/// What that statement finds for an account, with their tags. Errors: as Statement::step's.
Result<std::vector<Device>> read_devices(Statement& query, std::string_view account);

/// Logins by device passwords that accounts.db does not know of yet. Each save is one transaction,
/// so that it makes the accounts in memory (directory.h) be read again once, not once a login; and
/// a device is written at most once an hour. Callable from any thread.
class DeviceUses {
 public:
  void note(const Account& account, WallTime now);
  /// Nothing noted: nothing is opened. Errors: kIo, kBusy, kFull; then all of it stays noted.
  Status save(const std::filesystem::path& path);

 private:
  using Uses = std::map<std::pair<std::string, std::string>, WallTime>;  ///< Account and label.

  std::mutex mutex_;
  Uses noted_;
};

}  // namespace restante::accounts::sqlite
