#include "accounts/sqlite/settings_table.h"

#include <sodium.h>

#include "accounts/own/changes.h"
#include "accounts/sqlite/schema.h"
#include "accounts/sqlite/settings_columns.h"

namespace restante::accounts::sqlite {
namespace {

constexpr auto kSettingsPatience = std::chrono::milliseconds(5000);

std::string to_hex(const DeviceTag& tag) {
  std::array<char, 2 * std::tuple_size_v<DeviceTag> + 1> text{};
  sodium_bin2hex(text.data(), text.size(), tag.data(), tag.size());
  return {text.data(), text.size() - 1};
}

/// Lives as long as its database, which it owns.
class OwnSettingsTable : public SettingsWriter {
 public:
  explicit OwnSettingsTable(Database database) : database_(std::move(database)) {}

  Status open() {
    RESTANTE_TRY(auto table, SettingsTable::prepare(database_));
    table_ = std::move(table);
    return ok();
  }
  Status in_one(const std::function<Status()>& work) override { return table_->in_one(work); }
  Status in_part(const std::function<Status()>& work) override { return table_->in_part(work); }
  Result<AccountSettings> read(std::string_view account) override { return table_->read(account); }
  Status write(std::string_view account, const AccountSettings& settings) override {
    return table_->write(account, settings);
  }
  Result<std::vector<DeviceEntry>> devices(std::string_view account) override {
    return table_->devices(account);
  }
  Status add_device(std::string_view account, const Device& device, WallTime created) override {
    return table_->add_device(account, device, created);
  }
  Result<bool> remove_device(std::string_view account, std::string_view label) override {
    return table_->remove_device(account, label);
  }
  Result<std::vector<Copy>> copies(std::string_view account) override {
    return table_->copies(account);
  }
  Status put_copy(std::string_view account, const Copy& copy) override {
    return table_->put_copy(account, copy);
  }
  Result<bool> remove_copy(std::string_view account, std::string_view label) override {
    return table_->remove_copy(account, label);
  }
  Result<bool> forget(std::string_view account) override { return table_->forget(account); }
  Result<std::vector<std::string>> names(std::string_view after, std::size_t limit) override {
    return table_->names(after, limit);
  }

 private:
  Database database_;
  std::unique_ptr<SettingsTable> table_;
};

Status prepare_all(Database& database,
                   std::initializer_list<std::pair<std::string, Statement*>> statements) {
  for (const auto& [text, statement] : statements)
    RESTANTE_CHECKED(database.prepare(text, *statement));
  return ok();
}

}  // namespace

Result<std::unique_ptr<SettingsTable>> SettingsTable::prepare(Database& database) {
  std::unique_ptr<SettingsTable> made(new SettingsTable(database));
  const std::string columns(kSettingsColumns);
  RESTANTE_CHECKED(prepare_all(
      database,
      {{"SELECT " + columns + " FROM settings WHERE account = ?1", &made->read_},
       {std::string(kSelectDevices), &made->read_devices_},
       {"INSERT OR REPLACE INTO settings (account, " + columns +
            ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        &made->write_},
       {"DELETE FROM settings WHERE account = ?1 RETURNING 1", &made->drop_},
       {"SELECT label, created, last_used FROM device WHERE account = ?1 ORDER BY label",
        &made->devices_},
       {"INSERT INTO device (account, label, tag, created) VALUES (?1, ?2, ?3, ?4)",
        &made->add_device_},
       {"DELETE FROM device WHERE account = ?1 AND label = ?2 RETURNING 1", &made->remove_device_},
       {"DELETE FROM device WHERE account = ?1 RETURNING 1", &made->drop_devices_},
       {"SELECT " + std::string(kCopyColumns) + " FROM copy WHERE account = ?1 ORDER BY label",
        &made->copies_},
       {"INSERT OR REPLACE INTO copy (account, " + std::string(kCopyColumns) +
            ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        &made->put_copy_},
       {"DELETE FROM copy WHERE account = ?1 AND label = ?2 RETURNING 1", &made->remove_copy_},
       {"DELETE FROM copy WHERE account = ?1 RETURNING 1", &made->drop_copies_},
       {"SELECT account FROM settings WHERE account > ?1 UNION "
        "SELECT account FROM device WHERE account > ?1 UNION "
        "SELECT account FROM copy WHERE account > ?1 ORDER BY 1 LIMIT ?2",
        &made->names_}}));
  return made;
}

Status SettingsTable::in_one(const std::function<Status()>& work) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_CHECKED(work());
  return transaction->commit();
}

Status SettingsTable::in_part(const std::function<Status()>& work) {
  RESTANTE_CHECKED(database_.run("SAVEPOINT part"));
  Status done = work();
  if (!done) RESTANTE_CHECKED(database_.run("ROLLBACK TO part"));
  RESTANTE_CHECKED(database_.run("RELEASE part"));
  return done;
}

Result<AccountSettings> SettingsTable::read(std::string_view account) {
  AccountSettings settings;
  {
    const ResetAtEnd reset(read_);
    read_.bind(1, account);
    RESTANTE_TRY(const bool row, read_.step());
    if (row) settings = read_settings(read_, 0);
  }
  RESTANTE_TRY(auto devices, read_devices(read_devices_, account));
  settings.devices = std::move(devices);
  return settings;
}

Status SettingsTable::write(std::string_view account, const AccountSettings& settings) {
  RESTANTE_CHECKED(own::check_writable(settings));
  // No row is the same as a row without settings, and names of back ends that are gone leave
  // nothing behind.
  if (own::is_fresh(settings)) {
    const ResetAtEnd reset(drop_);
    drop_.bind(1, account);
    RESTANTE_CHECKED(drop_.step());
    return ok();
  }
  const ResetAtEnd reset(write_);
  write_.bind(1, account);
  RESTANTE_CHECKED(bind_settings(write_, 2, settings));
  RESTANTE_CHECKED(write_.step());
  return ok();
}

Result<std::vector<DeviceEntry>> SettingsTable::devices(std::string_view account) {
  const ResetAtEnd reset(devices_);
  devices_.bind(1, account);
  std::vector<DeviceEntry> entries;
  for (;;) {
    RESTANTE_TRY(const bool row, devices_.step());
    if (!row) return entries;
    DeviceEntry entry;
    entry.label = devices_.text(0);
    entry.created = from_stored(devices_.number(1));
    if (!devices_.is_null(2)) entry.last_used = from_stored(devices_.number(2));
    entries.push_back(std::move(entry));
  }
}

Status SettingsTable::add_device(std::string_view account, const Device& device, WallTime created) {
  const ResetAtEnd reset(add_device_);
  add_device_.bind(1, account);
  add_device_.bind(2, device.label);
  add_device_.bind(3, to_hex(device.tag));
  add_device_.bind(4, created.time_since_epoch().count());
  RESTANTE_CHECKED(add_device_.step());
  return ok();
}

Result<bool> SettingsTable::remove_device(std::string_view account, std::string_view label) {
  const ResetAtEnd reset(remove_device_);
  remove_device_.bind(1, account);
  remove_device_.bind(2, label);
  return remove_device_.step();
}

Result<std::vector<Copy>> SettingsTable::copies(std::string_view account) {
  const ResetAtEnd reset(copies_);
  copies_.bind(1, account);
  std::vector<Copy> found;
  for (;;) {
    RESTANTE_TRY(const bool row, copies_.step());
    if (!row) return found;
    found.push_back(read_copy(copies_, 0));
  }
}

Status SettingsTable::put_copy(std::string_view account, const Copy& copy) {
  const ResetAtEnd reset(put_copy_);
  put_copy_.bind(1, account);
  put_copy_.bind(2, copy.label);
  put_copy_.bind(3, copy.target);
  put_copy_.bind(4, copy.as);
  put_copy_.bind(5, std::int64_t{copy.instead});
  put_copy_.bind(6, std::int64_t{copy.paused});
  put_copy_.bind(7, std::int64_t{copy.keep_ids});
  put_copy_.bind(8, to_stored(copy.created));
  RESTANTE_CHECKED(put_copy_.step());
  return ok();
}

Result<bool> SettingsTable::remove_copy(std::string_view account, std::string_view label) {
  const ResetAtEnd reset(remove_copy_);
  remove_copy_.bind(1, account);
  remove_copy_.bind(2, label);
  return remove_copy_.step();
}

Result<bool> SettingsTable::forget(std::string_view account) {
  bool was_there = false;
  for (Statement* const drop : {&drop_, &drop_devices_, &drop_copies_}) {
    const ResetAtEnd reset(*drop);
    drop->bind(1, account);
    RESTANTE_TRY(const bool had, drop->step());
    was_there = was_there || had;
  }
  return was_there;
}

Result<std::vector<std::string>> SettingsTable::names(std::string_view after, std::size_t limit) {
  const ResetAtEnd reset(names_);
  names_.bind(1, after);
  names_.bind(2, static_cast<std::int64_t>(limit));
  std::vector<std::string> found;
  for (;;) {
    RESTANTE_TRY(const bool row, names_.step());
    if (!row) return found;
    found.emplace_back(names_.text(0));
  }
}

Result<std::unique_ptr<SettingsWriter>> open_settings_writer(const std::filesystem::path& path) {
  RESTANTE_TRY(Database database, open_accounts(path, kSettingsPatience));
  auto made = std::make_unique<OwnSettingsTable>(std::move(database));
  RESTANTE_CHECKED(made->open());
  return std::unique_ptr<SettingsWriter>(std::move(made));
}

}  // namespace restante::accounts::sqlite
