#include "accounts/postgresql/settings_tables.h"

#include <sodium.h>

#include "base/numbers.h"

namespace restante::accounts::postgresql {
namespace {

// Under a lock of its own: two sessions that make a table at once disturb each other, even with IF
// NOT EXISTS. Names are in the order of their octets, as everywhere here.
constexpr const char* kMakeTables = R"sql(
BEGIN;
SELECT pg_advisory_xact_lock(1383298158);
CREATE TABLE IF NOT EXISTS restante_settings (
  account text COLLATE "C" PRIMARY KEY,
  enabled boolean NOT NULL DEFAULT true,
  no_login boolean NOT NULL DEFAULT false,
  networks text,
  quota_octets bigint CHECK (quota_octets >= 0),
  quota_messages bigint CHECK (quota_messages >= 0),
  retention_days integer CHECK (retention_days >= 0),
  retention_from smallint CHECK (retention_from IN (0, 1)),
  several_addresses smallint CHECK (several_addresses IN (0, 1)),
  route_pop3 text,
  route_lmtp text CHECK (route_lmtp IS NULL OR route_pop3 IS NOT NULL)
);
ALTER TABLE restante_settings
  ADD COLUMN IF NOT EXISTS is_operator boolean NOT NULL DEFAULT false;
CREATE TABLE IF NOT EXISTS restante_device (
  account text COLLATE "C" NOT NULL,
  label text COLLATE "C" NOT NULL,
  tag text NOT NULL CHECK (length(tag) = 64),
  created bigint NOT NULL,
  last_used bigint,
  PRIMARY KEY (account, label)
);
CREATE TABLE IF NOT EXISTS restante_copy (
  account text COLLATE "C" NOT NULL,
  label text COLLATE "C" NOT NULL,
  target text NOT NULL,
  recipient text NOT NULL,
  instead boolean NOT NULL,
  paused boolean NOT NULL,
  keep_ids boolean NOT NULL,
  created bigint NOT NULL,
  PRIMARY KEY (account, label)
);
COMMIT;
)sql";

Error wrong(std::string_view column) {
  return Error(Errc::kIo, "restante_settings." + std::string(column) + ": not a value of ours");
}

template <typename Number>
Result<std::optional<Number>> number_of(const std::optional<std::string>& text,
                                        std::string_view column) {
  if (!text) return std::optional<Number>();
  const auto number = parse_decimal<std::uint64_t>(*text);
  if (!number) return wrong(column);
  return std::optional<Number>(static_cast<Number>(*number));
}

template <typename Number>
std::optional<std::string> text_of(const std::optional<Number>& number) {
  if (!number) return std::nullopt;
  return std::to_string(static_cast<std::uint64_t>(*number));
}

Result<Allowance> read_allowance(const Row& row, std::size_t first) {
  Allowance out;
  RESTANTE_TRY(const auto octets, number_of<std::uint64_t>(row[first], "quota_octets"));
  RESTANTE_TRY(const auto messages, number_of<std::uint64_t>(row[first + 1], "quota_messages"));
  RESTANTE_TRY(const auto days, number_of<std::uint32_t>(row[first + 2], "retention_days"));
  RESTANTE_TRY(const auto from, number_of<RetentionFrom>(row[first + 3], "retention_from"));
  RESTANTE_TRY(const auto several,
               number_of<SeveralAddresses>(row[first + 4], "several_addresses"));
  out.quota_octets = octets;
  out.quota_messages = messages;
  out.retention_days = days;
  out.retention_from = from;
  out.several_addresses = several;
  return out;
}

void read_networks(const std::optional<std::string>& text, AccountSettings& settings) {
  if (!text) return;
  auto networks = Networks::parse(*text);
  if (networks)
    settings.networks = std::make_shared<const Networks>(*std::move(networks));
  else
    settings.fault = "networks: " + networks.error().detail;
}

std::string to_flag(bool flag) { return flag ? "t" : "f"; }

}  // namespace

Result<AccountSettings> read_settings(const Row& row, std::size_t first) {
  AccountSettings out;
  if (!row[first]) return out;
  out.enabled = row[first] == "t";
  out.no_login = row[first + 1] == "t";
  read_networks(row[first + 2], out);
  RESTANTE_TRY(const Allowance allowance, read_allowance(row, first + 3));
  out.allowance = allowance;
  if (row[first + 8])
    out.route = std::make_shared<const Route>(Route{*row[first + 8], row[first + 9].value_or("")});
  out.is_operator = row[first + 10] == "t";
  return out;
}

std::optional<Device> read_device(const Row& row, std::size_t first) {
  if (!row[first] || !row[first + 1]) return std::nullopt;
  Device out;
  const std::string& tag = *row[first + 1];
  std::size_t length = 0;
  const int failed = sodium_hex2bin(out.tag.data(), out.tag.size(), tag.data(), tag.size(), nullptr,
                                    &length, nullptr);
  if (failed != 0 || length != out.tag.size()) return std::nullopt;
  out.label = *row[first];
  out.last_used = to_time(row[first + 2]);
  return out;
}

Copy read_copy(const Row& row, std::size_t first) {
  Copy out;
  out.label = row[first].value_or("");
  out.target = row[first + 1].value_or("");
  out.as = row[first + 2].value_or("");
  out.instead = row[first + 3] == "t";
  out.paused = row[first + 4] == "t";
  out.keep_ids = row[first + 5] == "t";
  out.created = to_time(row[first + 6]).value_or(WallTime());
  return out;
}

Values values_of(const Copy& copy) {
  return {copy.label,
          copy.target,
          copy.as,
          to_flag(copy.instead),
          to_flag(copy.paused),
          to_flag(copy.keep_ids),
          to_text(copy.created)};
}

Result<Values> values_of(const AccountSettings& settings) {
  const Allowance& own = settings.allowance;
  if (own.quota_octets > kQuotaMax || own.quota_messages > kQuotaMax)
    return Error(Errc::kSyntax, "a quota is at most 2^62");
  if (own.retention_days > kRetentionDaysMax)
    return Error(Errc::kSyntax, "a retention is at most 36500 days");
  Values out{to_flag(settings.enabled), to_flag(settings.no_login), std::nullopt};
  if (settings.networks) out.back() = settings.networks->to_string();
  out.push_back(text_of(own.quota_octets));
  out.push_back(text_of(own.quota_messages));
  out.push_back(text_of(own.retention_days));
  out.push_back(text_of(own.retention_from));
  out.push_back(text_of(own.several_addresses));
  out.emplace_back();
  out.emplace_back();
  if (settings.route) out[8] = settings.route->pop3;
  if (settings.route && !settings.route->lmtp.empty()) out[9] = settings.route->lmtp;
  out.emplace_back(to_flag(settings.is_operator));
  return out;
}

std::string to_hex(const DeviceTag& tag) {
  std::array<char, 2 * std::tuple_size_v<DeviceTag> + 1> text{};
  sodium_bin2hex(text.data(), text.size(), tag.data(), tag.size());
  return {text.data(), text.size() - 1};
}

std::string to_text(WallTime time) { return std::to_string(time.time_since_epoch().count()); }

std::optional<WallTime> to_time(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const auto number = parse_decimal<std::uint64_t>(*text);
  if (!number) return std::nullopt;
  return WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(*number)));
}

Status make_tables(Connection& connection) {
  const Status made = connection.run_script(kMakeTables);
  if (made) return ok();
  // The failed transaction is still open.
  static_cast<void>(connection.run_script("ROLLBACK"));
  if (made.error().code == Errc::kIo) return made;
  return Error(Errc::kState,
               "the tables restante_settings, restante_device and restante_copy "
               "cannot be made (" +
                   made.error().detail + "); docs/configuration.md has them, to be made by hand");
}

Result<Rows> run_on_tables(Connection& connection, const char* sql, const Values& values) {
  auto rows = connection.run_own(sql, values);
  if (rows || rows.error().code != Errc::kNotFound) return rows;
  RESTANTE_CHECKED(make_tables(connection));
  return connection.run_own(sql, values);
}

}  // namespace restante::accounts::postgresql
