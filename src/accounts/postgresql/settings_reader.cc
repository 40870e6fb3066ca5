#include <mutex>

#include "accounts/connection_pool.h"
#include "accounts/directory.h"
#include "accounts/own/device_uses.h"
#include "accounts/postgresql/settings_store.h"
#include "accounts/postgresql/settings_tables.h"
#include "base/numbers.h"

namespace restante::accounts::postgresql {
namespace {

/// One round trip for all of it.
constexpr const char* kFind =
    "SELECT s.enabled, s.no_login, s.networks, s.quota_octets, s.quota_messages, "
    "s.retention_days, s.retention_from, s.several_addresses, s.route_pop3, "
    "s.route_lmtp, " RESTANTE_IS_OPERATOR
    ", d.label, d.tag, d.last_used "
    "FROM (SELECT $1::text AS account) AS a "
    "LEFT JOIN restante_settings AS s ON s.account = a.account "
    "LEFT JOIN restante_device AS d ON d.account = a.account ORDER BY d.label";
constexpr const char* kNoteUse =
    "UPDATE restante_device SET last_used = $3::bigint WHERE account = $1 AND label = $2";
constexpr const char* kSpread =
    "SELECT count(*), coalesce(min(nullif(retention_days, 0)), 0) FROM restante_settings "
    "WHERE retention_days IS NOT NULL";

constexpr const char* kCopies =
    "SELECT account, " RESTANTE_COPY_COLUMNS " FROM restante_copy ORDER BY account, label";

class PostgresqlSettings : public SettingsReader {
 public:
  explicit PostgresqlSettings(Settings settings)
      : settings_(std::move(settings)),
        outage_("postgresql, settings of accounts", settings_.tell),
        pool_(settings_.connections + kQuestionsOfMail, kPatience, outage_,
              [this] { return Connection::open(settings_); }) {}
  PostgresqlSettings(const PostgresqlSettings&) = delete;
  PostgresqlSettings& operator=(const PostgresqlSettings&) = delete;

  [[nodiscard]] bool is_slow() const override { return true; }
  [[nodiscard]] std::size_t questions_at_once() const override { return settings_.connections; }

  Result<SettingsPointer> find(std::string_view account) override {
    auto rows = run(kFind, {std::string(account)});
    // A name that the database cannot hold has no settings.
    if (!rows && rows.error().code == Errc::kSyntax) return SettingsPointer();
    if (!rows) return down(std::move(rows).error());
    const auto& found = rows->rows;
    if (found.empty() || (!found.front()[0] && !found.front()[kSettingsColumnCount]))
      return SettingsPointer();
    auto settings = read_settings(found.front(), 0);
    if (!settings) return down(std::move(settings).error());
    for (const Row& row : found)
      if (auto device = read_device(row, kSettingsColumnCount))
        settings->devices.push_back(*std::move(device));
    return std::make_shared<const AccountSettings>(*std::move(settings));
  }

  /// As of the last time that uses were saved: the caller must not wait for the database.
  Result<RetentionSpread> retention_spread() override {
    const std::lock_guard lock(mutex_);
    return spread_;
  }

  Result<std::vector<AccountCopy>> copies() override {
    // A table that is not there yet is not made for this: the user may have no right to.
    auto rows = pool_.ask([](Connection& connection) { return connection.run_own(kCopies, {}); });
    if (!rows && rows.error().code == Errc::kNotFound) return std::vector<AccountCopy>();
    if (!rows) return down(rows.error());
    std::vector<AccountCopy> all;
    for (const Row& row : rows->rows) all.push_back({row[0].value_or(""), read_copy(row, 1)});
    return all;
  }

  void note_use(const Account& account, WallTime now) override { uses_.note(account, now); }

  Status save_uses() override {
    RESTANTE_CHECKED(read_spread());
    return uses_.save([this](const auto& uses) -> Status {
      for (const auto& [device, when] : uses) {
        auto done = run(kNoteUse, {device.first, device.second, to_text(when)});
        if (!done) return down(std::move(done).error());
      }
      return ok();
    });
  }

 private:
  Result<Rows> run(const char* sql, const Values& values) {
    return pool_.ask([&](Connection& connection) -> Result<Rows> {
      auto rows = run_on_tables(connection, sql, values);
      // Such as a missing right: a mistake in the database, and the operator is told.
      if (!rows && rows.error().code == Errc::kState) return Error(Errc::kIo, rows.error().detail);
      return rows;
    });
  }

  [[nodiscard]] Error down(const Error& error) const {
    return Error(Errc::kIo, outage_.where() + ": " + error.detail);
  }

  Status read_spread() {
    auto rows = run(kSpread, {});
    if (!rows) return down(std::move(rows).error());
    RetentionSpread spread;
    for (const Row& row : rows->rows) {
      spread.any_own = row[0] != "0";
      spread.least_days = parse_decimal<std::uint32_t>(row[1].value_or("0")).value_or(0);
    }
    const std::lock_guard lock(mutex_);
    spread_ = spread;
    return ok();
  }

  const Settings settings_;
  Outage outage_;
  ConnectionPool<Connection> pool_;
  own::DeviceUses uses_;
  std::mutex mutex_;  ///< Guards what follows.
  RetentionSpread spread_;
};

}  // namespace

Result<std::unique_ptr<SettingsReader>> open_settings_reader(Settings settings) {
  RESTANTE_CHECKED(check_connection_text(settings.connection));
  return std::unique_ptr<SettingsReader>(std::make_unique<PostgresqlSettings>(std::move(settings)));
}

}  // namespace restante::accounts::postgresql
