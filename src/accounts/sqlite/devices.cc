#include "accounts/sqlite/devices.h"

#include <sodium.h>

#include "accounts/sqlite/pages.h"
#include "accounts/sqlite/schema.h"
#include "base/limits.h"

namespace restante::accounts::sqlite {
namespace {

constexpr auto kDevicesPatience = std::chrono::milliseconds(2000);
constexpr auto kUseGranularity = std::chrono::hours(1);
constexpr std::size_t kNotedMax = 100000;

std::string to_hex(const DeviceTag& tag) {
  std::array<char, 2 * std::tuple_size_v<DeviceTag> + 1> text{};
  sodium_bin2hex(text.data(), text.size(), tag.data(), tag.size());
  return {text.data(), text.size() - 1};
}

std::optional<DeviceTag> from_hex(std::string_view text) {
  DeviceTag tag{};
  std::size_t length = 0;
  const int failed =
      sodium_hex2bin(tag.data(), tag.size(), text.data(), text.size(), nullptr, &length, nullptr);
  if (failed != 0 || length != tag.size()) return std::nullopt;
  return tag;
}

std::optional<WallTime> time_or_none(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return from_stored(row.number(column));
}

/// Of the columns label, created, last_used.
DeviceEntry entry_of(const Statement& row) {
  DeviceEntry entry;
  entry.label = row.text(0);
  entry.created = from_stored(row.number(1));
  entry.last_used = time_or_none(row, 2);
  return entry;
}

/// Errors: kNotFound.
Result<DeviceOwner> owner_of(Database& database, std::string_view account) {
  RESTANTE_TRY(Statement query,
               database.prepare("SELECT id, name, ifnull(maildrop, name) FROM account "
                                "WHERE name = ?1"));
  query.bind(1, account);
  RESTANTE_TRY(const bool row, query.step());
  if (!row) return Error(Errc::kNotFound, "no such account: " + std::string(account));
  return DeviceOwner{query.number(0), std::string(query.text(1)), std::string(query.text(2))};
}

}  // namespace

Result<DeviceChanges> DeviceChanges::prepare(Database& database) {
  DeviceChanges made;
  RESTANTE_CHECKED(database.prepare(
      "SELECT EXISTS (SELECT 1 FROM device WHERE account_id = ?1 AND label = ?2)", made.has_));
  RESTANTE_CHECKED(
      database.prepare("SELECT count(*) FROM device WHERE account_id = ?1", made.count_));
  RESTANTE_CHECKED(database.prepare(
      "INSERT INTO device (account_id, label, tag, created) VALUES (?1, ?2, ?3, ?4)", made.add_));
  RESTANTE_CHECKED(database.prepare(
      "DELETE FROM device WHERE account_id = ?1 AND label = ?2 RETURNING 1", made.remove_));
  return made;
}

Result<bool> DeviceChanges::has(const DeviceOwner& owner, std::string_view label) {
  const ResetAtEnd reset(has_);
  has_.bind(1, owner.id);
  has_.bind(2, label);
  RESTANTE_CHECKED(has_.step());
  return has_.number(0) != 0;
}

Status DeviceChanges::check_room(const DeviceOwner& owner) {
  const ResetAtEnd reset(count_);
  count_.bind(1, owner.id);
  RESTANTE_CHECKED(count_.step());
  const auto count = static_cast<std::size_t>(count_.number(0));
  if (count < limits::kDevicesMax) return ok();
  return Error(Errc::kLimit, owner.name + " has " + std::to_string(count) +
                                 " devices, the most there may be; remove one first");
}

Result<std::string> DeviceChanges::add(const DeviceOwner& owner, std::string_view label,
                                       WallTime now) {
  if (!is_device_label(label))
    return Error(Errc::kSyntax, "a label is 1 to " + std::to_string(limits::kDeviceLabelBytesMax) +
                                    " bytes of UTF-8 without control characters, and neither "
                                    "begins nor ends with a blank");
  RESTANTE_CHECKED(check_room(owner));
  std::string password = make_device_password();
  const ResetAtEnd reset(add_);
  add_.bind(1, owner.id);
  add_.bind(2, label);
  add_.bind(3, to_hex(*device_tag(owner.hashed_as, password)));
  add_.bind(4, to_stored(now));
  if (auto row = add_.step(); !row) {
    if (row.error().code != Errc::kExists) return std::move(row).error();
    return Error(Errc::kExists, "there is a device of this label: " + std::string(label));
  }
  return password;
}

Result<bool> DeviceChanges::remove(const DeviceOwner& owner, std::string_view label) {
  const ResetAtEnd reset(remove_);
  remove_.bind(1, owner.id);
  remove_.bind(2, label);
  return remove_.step();
}

Result<NewDevice> add_device(Database& database, const DeviceName& device, WallTime now) {
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_TRY(const DeviceOwner owner, owner_of(database, device.account));
  RESTANTE_TRY(DeviceChanges changes, DeviceChanges::prepare(database));
  RESTANTE_TRY(std::string password, changes.add(owner, device.label, now));
  RESTANTE_CHECKED(transaction->commit());
  return NewDevice{owner.name, std::move(password)};
}

Status remove_device(Database& database, const DeviceName& device) {
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_TRY(const DeviceOwner owner, owner_of(database, device.account));
  RESTANTE_TRY(DeviceChanges changes, DeviceChanges::prepare(database));
  RESTANTE_TRY(const bool was_there, changes.remove(owner, device.label));
  if (!was_there)
    return Error(Errc::kNotFound,
                 "no such device of " + owner.name + ": " + std::string(device.label));
  return transaction->commit();
}

Result<std::vector<DeviceEntry>> list_devices(Database& database, std::string_view account) {
  RESTANTE_TRY(const DeviceOwner owner, owner_of(database, account));
  RESTANTE_TRY(Statement query, database.prepare("SELECT label, created, last_used FROM device "
                                                 "WHERE account_id = ?1 ORDER BY label"));
  query.bind(1, owner.id);
  std::vector<DeviceEntry> entries;
  for (;;) {
    RESTANTE_TRY(const bool row, query.step());
    if (!row) return entries;
    entries.push_back(entry_of(query));
  }
}

Status list_all_devices(Database& database, const ListRange& range,
                        const std::function<bool(const AccountDevices&)>& take) {
  const auto page_of = [&](const Page& page) -> Result<std::vector<AccountDevices>> {
    RESTANTE_TRY(
        Statement query,
        database.prepare(
            "SELECT label, created, last_used, name FROM (SELECT id, name FROM account " +
            page_rest("name", range, " AND EXISTS (SELECT 1 FROM device WHERE account_id = id)") +
            ") JOIN device ON account_id = id ORDER BY name, label"));
    bind_page(query, range, page);
    std::vector<AccountDevices> accounts;
    for (;;) {
      RESTANTE_TRY(const bool row, query.step());
      if (!row) return accounts;
      if (accounts.empty() || accounts.back().account != query.text(3))
        accounts.push_back({std::string(query.text(3)), {}});
      accounts.back().devices.push_back(entry_of(query));
    }
  };
  const auto name_of = [](const AccountDevices& account) { return account.account; };
  return give_pages<AccountDevices>(range, page_of, name_of, take);
}

Result<Statement> prepare_find_devices(Database& database) {
  return database.prepare(
      "SELECT label, tag, last_used FROM device JOIN account "
      "ON account_id = id WHERE name = ?1 ORDER BY label");
}

Result<std::vector<Device>> read_devices(Statement& query, std::string_view account) {
  const ResetAtEnd reset(query);
  query.bind(1, account);
  std::vector<Device> devices;
  for (;;) {
    RESTANTE_TRY(const bool row, query.step());
    if (!row) return devices;
    const auto tag = from_hex(query.text(1));
    if (!tag) continue;  // Not ours: nothing could match it.
    Device device;
    device.label = query.text(0);
    device.tag = *tag;
    device.last_used = time_or_none(query, 2);
    devices.push_back(std::move(device));
  }
}

void DeviceUses::note(const Account& account, WallTime now) {
  const auto device = std::find_if(account.devices.begin(), account.devices.end(),
                                   [&](const Device& d) { return d.label == account.device; });
  if (device == account.devices.end()) return;
  if (device->last_used && now - *device->last_used < kUseGranularity) return;
  const std::lock_guard lock(mutex_);
  if (noted_.size() >= kNotedMax) return;
  noted_.try_emplace({account.name, account.device}, now);
}

Status DeviceUses::save(const std::filesystem::path& path) {
  Uses uses;
  {
    const std::lock_guard lock(mutex_);
    uses = noted_;
  }
  if (uses.empty()) return ok();
  RESTANTE_TRY(Database database, open_accounts(path, kDevicesPatience));
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_TRY(Statement update,
               database.prepare("UPDATE device SET last_used = ?3 WHERE label = ?2 AND account_id "
                                "IN (SELECT id FROM account WHERE maildrop = ?1 UNION ALL "
                                "SELECT id FROM account WHERE name = ?1 AND maildrop IS NULL)"));
  for (const auto& [device, when] : uses) {
    const ResetAtEnd reset(update);
    update.bind(1, device.first);
    update.bind(2, device.second);
    update.bind(3, to_stored(when));
    RESTANTE_CHECKED(update.step());
  }
  RESTANTE_CHECKED(transaction->commit());
  const std::lock_guard lock(mutex_);
  for (const auto& [device, when] : uses) noted_.erase(device);
  return ok();
}

}  // namespace restante::accounts::sqlite
