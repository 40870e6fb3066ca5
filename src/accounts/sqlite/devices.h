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

/// The row of an account, and the name that the hashes of its devices are made with: the one that
/// it had at first.
struct DeviceOwner {
  std::int64_t id = 0;
  std::string name;
  std::string hashed_as;
};

/// Changes in the caller's transaction; its statements are prepared once. Does not outlive the
/// database.
class DeviceChanges {
 public:
  static Result<DeviceChanges> prepare(Database& database);

  Result<bool> has(const DeviceOwner& owner, std::string_view label);
  /// The password. Errors: kExists, kLimit (too many), kSyntax (no label).
  Result<std::string> add(const DeviceOwner& owner, std::string_view label, WallTime now);
  /// False: there is none.
  Result<bool> remove(const DeviceOwner& owner, std::string_view label);

 private:
  Status check_room(const DeviceOwner& owner);

  Statement has_;
  Statement count_;
  Statement add_;
  Statement remove_;
};

/// As AccountAdmin's functions of these names.
Result<NewDevice> add_device(Database& database, const DeviceName& device, WallTime now);
Status remove_device(Database& database, const DeviceName& device);
Result<std::vector<DeviceEntry>> list_devices(Database& database, std::string_view account);

/// As AccountAdmin::list_each_account_with_devices().
Status list_all_devices(Database& database, const ListRange& range,
                        const std::function<bool(const AccountDevices&)>& take);

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
