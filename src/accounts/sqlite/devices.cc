#include "accounts/sqlite/devices.h"

#include "accounts/sqlite/pages.h"
#include "accounts/sqlite/schema.h"

namespace restante::accounts::sqlite {
namespace {

constexpr auto kDevicesPatience = std::chrono::milliseconds(2000);

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

}  // namespace

Status list_all_devices(Database& database, const ListRange& range,
                        const std::function<bool(const AccountDevices&)>& take) {
  const auto page_of = [&](const Page& page) -> Result<std::vector<AccountDevices>> {
    RESTANTE_TRY(Statement query,
                 database.prepare("SELECT label, created, last_used, name "
                                  "FROM (SELECT name, ifnull(maildrop, name) AS own FROM account " +
                                  page_rest("name", range,
                                            " AND EXISTS (SELECT 1 FROM device "
                                            "WHERE device.account = ifnull(maildrop, name))") +
                                  ") JOIN device ON device.account = own ORDER BY name, label"));
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

Status write_uses(const std::filesystem::path& path, const own::DeviceUses::Uses& uses) {
  RESTANTE_TRY(Database database, open_accounts(path, kDevicesPatience));
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_TRY(Statement update,
               database.prepare("UPDATE device SET last_used = ?3 WHERE account = ?1 AND "
                                "label = ?2"));
  for (const auto& [device, when] : uses) {
    const ResetAtEnd reset(update);
    update.bind(1, device.first);
    update.bind(2, device.second);
    update.bind(3, to_stored(when));
    RESTANTE_CHECKED(update.step());
  }
  return transaction->commit();
}

}  // namespace restante::accounts::sqlite
