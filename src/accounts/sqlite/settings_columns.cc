#include "accounts/sqlite/settings_columns.h"

#include <sodium.h>

namespace restante::accounts::sqlite {
namespace {

template <typename Number>
std::optional<Number> read(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return static_cast<Number>(row.number(column));
}

template <typename Number>
void bind(Statement& statement, int index, const std::optional<Number>& value) {
  if (value)
    statement.bind(index, static_cast<std::int64_t>(*value));
  else
    statement.bind_null(index);
}

void read_networks(const Statement& row, int column, AccountSettings& settings) {
  if (row.is_null(column)) return;
  auto networks = Networks::parse(row.text(column));
  if (networks)
    settings.networks = std::make_shared<const Networks>(*std::move(networks));
  else
    // Not dropped: without its networks the account would be open from everywhere.
    settings.fault = "networks: " + networks.error().detail;
}

Allowance read_allowance(const Statement& row, int first) {
  Allowance allowance;
  allowance.quota_octets = read<std::uint64_t>(row, first);
  allowance.quota_messages = read<std::uint64_t>(row, first + 1);
  allowance.retention_days = read<std::uint32_t>(row, first + 2);
  allowance.retention_from = read<RetentionFrom>(row, first + 3);
  allowance.several_addresses = read<SeveralAddresses>(row, first + 4);
  return allowance;
}

Status bind_allowance(Statement& statement, int first, const Allowance& allowance) {
  if (allowance.quota_octets > kQuotaMax || allowance.quota_messages > kQuotaMax)
    return Error(Errc::kSyntax, "a quota is at most 2^62");
  if (allowance.retention_days > kRetentionDaysMax)
    return Error(Errc::kSyntax, "a retention is at most 36500 days");
  bind(statement, first, allowance.quota_octets);
  bind(statement, first + 1, allowance.quota_messages);
  bind(statement, first + 2, allowance.retention_days);
  bind(statement, first + 3, allowance.retention_from);
  bind(statement, first + 4, allowance.several_addresses);
  return ok();
}

std::optional<DeviceTag> from_hex(std::string_view text) {
  DeviceTag tag{};
  std::size_t length = 0;
  const int failed =
      sodium_hex2bin(tag.data(), tag.size(), text.data(), text.size(), nullptr, &length, nullptr);
  if (failed != 0 || length != tag.size()) return std::nullopt;
  return tag;
}

}  // namespace

AccountSettings read_settings(const Statement& row, int first) {
  AccountSettings settings;
  settings.enabled = row.is_null(first) || row.number(first) != 0;
  settings.no_login = row.number(first + 1) != 0;
  read_networks(row, first + 2, settings);
  settings.allowance = read_allowance(row, first + 3);
  if (!row.is_null(first + 8)) {
    Route route{std::string(row.text(first + 8))};
    if (!row.is_null(first + 9)) route.lmtp = row.text(first + 9);
    settings.route = std::make_shared<const Route>(std::move(route));
  }
  settings.is_operator = row.number(first + 10) != 0;
  return settings;
}

Status bind_settings(Statement& statement, int first, const AccountSettings& settings) {
  statement.bind(first, std::int64_t{settings.enabled});
  statement.bind(first + 1, std::int64_t{settings.no_login});
  if (settings.networks)
    statement.bind(first + 2, settings.networks->to_string());
  else
    statement.bind_null(first + 2);
  RESTANTE_CHECKED(bind_allowance(statement, first + 3, settings.allowance));
  statement.bind_null(first + 8);
  statement.bind_null(first + 9);
  if (settings.route) statement.bind(first + 8, settings.route->pop3);
  if (settings.route && !settings.route->lmtp.empty())
    statement.bind(first + 9, settings.route->lmtp);
  statement.bind(first + 10, std::int64_t{settings.is_operator});
  return ok();
}

Copy read_copy(const Statement& row, int first) {
  Copy copy;
  copy.label = row.text(first);
  copy.target = row.text(first + 1);
  copy.as = row.text(first + 2);
  copy.instead = row.number(first + 3) != 0;
  copy.paused = row.number(first + 4) != 0;
  copy.keep_ids = row.number(first + 5) != 0;
  copy.created = from_stored(row.number(first + 6));
  return copy;
}

Result<RetentionSpread> read_spread(Statement& query) {
  const ResetAtEnd reset(query);
  RESTANTE_CHECKED(query.step());
  RetentionSpread spread;
  spread.any_own = query.number(0) != 0;
  spread.least_days = static_cast<std::uint32_t>(query.number(1));
  return spread;
}

Result<std::vector<Device>> read_devices(Statement& query, std::string_view account) {
  const ResetAtEnd reset(query);
  query.bind(1, account);
  std::vector<Device> devices;
  for (;;) {
    RESTANTE_TRY(const bool row, query.step());
    if (!row) return devices;
    const auto tag = from_hex(query.text(1));
    if (!tag) continue;  // Another program's: no password could match it.
    Device device;
    device.label = query.text(0);
    device.tag = *tag;
    if (!query.is_null(2)) device.last_used = WallTime(std::chrono::milliseconds(query.number(2)));
    devices.push_back(std::move(device));
  }
}

}  // namespace restante::accounts::sqlite
