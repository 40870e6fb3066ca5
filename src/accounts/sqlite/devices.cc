#include "accounts/sqlite/devices.h"

#include <sodium.h>

#include "accounts/sqlite/schema.h"
#include "base/limits.h"

namespace restante::accounts::sqlite {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(2000);
constexpr auto kUseGranularity = std::chrono::hours(1);
constexpr std::size_t kNotedMax = 100000;

std::int64_t to_stored(WallTime time) { return time.time_since_epoch().count(); }
WallTime from_stored(std::int64_t stored) { return WallTime(std::chrono::milliseconds(stored)); }

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

/// The row id of an account. Errors: kNotFound.
Result<std::int64_t> id_of(Database& database, std::string_view account) {
  RESTANTE_TRY(Statement query, database.prepare("SELECT id FROM account WHERE name = ?1"));
  query.bind(1, account);
  RESTANTE_TRY(const bool row, query.step());
  if (!row) return Error(Errc::kNotFound, "no such account: " + std::string(account));
  return query.number(0);
}

Result<std::size_t> count_of(Database& database, std::int64_t id) {
  RESTANTE_TRY(Statement query,
               database.prepare("SELECT count(*) FROM device WHERE account_id = ?1"));
  query.bind(1, id);
  RESTANTE_CHECKED(query.step());
  return static_cast<std::size_t>(query.number(0));
}

Status check_room(Database& database, std::int64_t id, const DeviceName& device) {
  RESTANTE_TRY(const std::size_t count, count_of(database, id));
  if (count < limits::kDevicesMax) return ok();
  return Error(Errc::kLimit, std::string(device.account) + " has " + std::to_string(count) +
                                 " devices, the most there may be; remove one first");
}

}  // namespace

Result<NewDevice> add_device(Database& database, const DeviceName& device, WallTime now) {
  if (!is_device_label(device.label))
    return Error(Errc::kSyntax, "a label is 1 to " + std::to_string(limits::kDeviceLabelBytesMax) +
                                    " bytes of UTF-8 without control characters, and neither "
                                    "begins nor ends with a blank");
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_TRY(const std::int64_t id, id_of(database, device.account));
  RESTANTE_CHECKED(check_room(database, id, device));
  RESTANTE_TRY(Statement insert,
               database.prepare("INSERT INTO device (account_id, label, tag, created) "
                                "VALUES (?1, ?2, ?3, ?4)"));
  NewDevice made{std::string(device.account), make_device_password()};
  insert.bind(1, id);
  insert.bind(2, device.label);
  insert.bind(3, to_hex(*device_tag(device.account, made.password)));
  insert.bind(4, to_stored(now));
  if (auto row = insert.step(); !row) {
    if (row.error().code != Errc::kExists) return std::move(row).error();
    return Error(Errc::kExists, "there is a device of this label: " + std::string(device.label));
  }
  RESTANTE_CHECKED(transaction->commit());
  return made;
}

Status remove_device(Database& database, const DeviceName& device) {
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_TRY(const std::int64_t id, id_of(database, device.account));
  RESTANTE_TRY(Statement remove,
               database.prepare("DELETE FROM device WHERE account_id = ?1 AND label = ?2"));
  remove.bind(1, id);
  remove.bind(2, device.label);
  RESTANTE_CHECKED(remove.step());
  if (database.changes() == 0)
    return Error(Errc::kNotFound, "no such device of " + std::string(device.account) + ": " +
                                      std::string(device.label));
  return transaction->commit();
}

Result<std::vector<DeviceEntry>> list_devices(Database& database, std::string_view account) {
  RESTANTE_TRY(const std::int64_t id, id_of(database, account));
  RESTANTE_TRY(Statement query, database.prepare("SELECT label, created, last_used FROM device "
                                                 "WHERE account_id = ?1 ORDER BY label"));
  query.bind(1, id);
  std::vector<DeviceEntry> entries;
  for (;;) {
    RESTANTE_TRY(const bool row, query.step());
    if (!row) return entries;
    DeviceEntry entry;
    entry.label = query.text(0);
    entry.created = from_stored(query.number(1));
    entry.last_used = time_or_none(query, 2);
    entries.push_back(std::move(entry));
  }
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
  RESTANTE_TRY(Database database, open_accounts(path, kPatience));
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_TRY(Statement update,
               database.prepare("UPDATE device SET last_used = ?3 WHERE label = ?2 AND "
                                "account_id = (SELECT id FROM account WHERE name = ?1)"));
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
