// The write side of what is set for accounts, over the tables `settings`, `device` and
// `copy` of accounts.db.
#pragma once

#include <filesystem>
#include <memory>

#include "accounts/settings_store.h"
#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

/// Its statements are prepared once; what is called within a transaction of the database is part of
/// that. Does not outlive the database.
class SettingsTable : public SettingsWriter {
 public:
  static Result<std::unique_ptr<SettingsTable>> prepare(Database& database);

  Status in_one(const std::function<Status()>& work) override;
  Status in_part(const std::function<Status()>& work) override;
  Result<AccountSettings> read(std::string_view account) override;
  Status write(std::string_view account, const AccountSettings& settings) override;
  Result<std::vector<DeviceEntry>> devices(std::string_view account) override;
  Status add_device(std::string_view account, const Device& device, WallTime created) override;
  Result<bool> remove_device(std::string_view account, std::string_view label) override;
  Result<std::vector<Copy>> copies(std::string_view account) override;
  Status put_copy(std::string_view account, const Copy& copy) override;
  Result<bool> remove_copy(std::string_view account, std::string_view label) override;
  Result<bool> forget(std::string_view account) override;
  Result<std::vector<std::string>> names(std::string_view after, std::size_t limit) override;

 private:
  explicit SettingsTable(Database& database) : database_(database) {}

  Database& database_;
  Statement read_;
  Statement read_devices_;
  Statement write_;
  Statement drop_;
  Statement devices_;
  Statement add_device_;
  Statement remove_device_;
  Statement drop_devices_;
  Statement copies_;
  Statement put_copy_;
  Statement remove_copy_;
  Statement drop_copies_;
  Statement names_;
};

/// With a database of its own, made when it is not there. Errors: kIo, kBusy, kCorrupt.
Result<std::unique_ptr<SettingsWriter>> open_settings_writer(const std::filesystem::path& path);

}  // namespace restante::accounts::sqlite
