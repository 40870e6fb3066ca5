#include "accounts/own/changes.h"
#include "accounts/postgresql/settings_store.h"
#include "accounts/postgresql/settings_tables.h"

namespace restante::accounts::postgresql {
namespace {

constexpr const char* kRead =
    "SELECT s.enabled, s.no_login, s.networks, s.quota_octets, s.quota_messages, "
    "s.retention_days, s.retention_from, s.several_addresses, s.route_pop3, "
    "s.route_lmtp, " RESTANTE_IS_OPERATOR " FROM restante_settings AS s WHERE s.account = $1";
constexpr const char* kReadDevices =
    "SELECT label, tag, last_used, created FROM restante_device WHERE account = $1 ORDER BY label";
constexpr const char* kWrite =
    "INSERT INTO restante_settings (account, enabled, no_login, networks, quota_octets, "
    "quota_messages, retention_days, retention_from, several_addresses, route_pop3, route_lmtp, "
    "is_operator) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
    "ON CONFLICT (account) DO UPDATE SET (enabled, no_login, networks, quota_octets, "
    "quota_messages, retention_days, retention_from, several_addresses, route_pop3, route_lmtp, "
    "is_operator) = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
constexpr const char* kDrop = "DELETE FROM restante_settings WHERE account = $1 RETURNING 1";
constexpr const char* kAddDevice =
    "INSERT INTO restante_device (account, label, tag, created) VALUES ($1, $2, $3, $4)";
constexpr const char* kRemoveDevice =
    "DELETE FROM restante_device WHERE account = $1 AND label = $2 RETURNING 1";
constexpr const char* kDropDevices = "DELETE FROM restante_device WHERE account = $1 RETURNING 1";
constexpr const char* kReadCopies =
    "SELECT " RESTANTE_COPY_COLUMNS " FROM restante_copy WHERE account = $1 ORDER BY label";
constexpr const char* kPutCopy =
    "INSERT INTO restante_copy (account, " RESTANTE_COPY_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account, label) DO UPDATE "
    "SET (target, recipient, instead, paused, keep_ids, created) = ($3, $4, $5, $6, $7, $8)";
constexpr const char* kRemoveCopy =
    "DELETE FROM restante_copy WHERE account = $1 AND label = $2 RETURNING 1";
constexpr const char* kDropCopies = "DELETE FROM restante_copy WHERE account = $1 RETURNING 1";
constexpr const char* kNames =
    "SELECT account FROM restante_settings WHERE account > $1 UNION "
    "SELECT account FROM restante_device WHERE account > $1 UNION "
    "SELECT account FROM restante_copy WHERE account > $1 ORDER BY 1 LIMIT $2";

// Readers go on. Another writer waits: its change is computed from the rows that it has read
// before.
// An older version made no column is_operator and no table of copies: found out before anything is
// done.
constexpr const char* kBegin =
    "BEGIN; LOCK TABLE restante_settings IN SHARE ROW EXCLUSIVE MODE; "
    "SELECT is_operator FROM restante_settings LIMIT 0; SELECT label FROM restante_copy LIMIT 0";

class PostgresqlSettingsWriter : public SettingsWriter {
 public:
  explicit PostgresqlSettingsWriter(Settings settings) : settings_(std::move(settings)) {}
  PostgresqlSettingsWriter(const PostgresqlSettingsWriter&) = delete;
  PostgresqlSettingsWriter& operator=(const PostgresqlSettingsWriter&) = delete;

  Status in_one(const std::function<Status()>& work) override {
    RESTANTE_CHECKED(connect());
    Status begun = connection_->run_script(kBegin);
    if (!begun && begun.error().code == Errc::kNotFound) {
      static_cast<void>(connection_->run_script("ROLLBACK"));
      RESTANTE_CHECKED(make_tables(*connection_));
      begun = connection_->run_script(kBegin);
    }
    if (!begun) return abandon(begun.error());
    if (Status done = work(); !done) return abandon(done.error());
    const Status committed = connection_->run_script("COMMIT");
    return committed ? ok() : abandon(committed.error());
  }

  Status in_part(const std::function<Status()>& work) override {
    RESTANTE_CHECKED(connection_->run_script("SAVEPOINT part"));
    Status done = work();
    if (!done) RESTANTE_CHECKED(connection_->run_script("ROLLBACK TO part"));
    RESTANTE_CHECKED(connection_->run_script("RELEASE part"));
    return done;
  }

  Result<AccountSettings> read(std::string_view account) override {
    RESTANTE_TRY(const Rows rows, run(kRead, {std::string(account)}));
    AccountSettings settings;
    if (!rows.rows.empty()) {
      RESTANTE_TRY(AccountSettings found, read_settings(rows.rows.front(), 0));
      settings = std::move(found);
    }
    RESTANTE_TRY(const Rows devices, run(kReadDevices, {std::string(account)}));
    for (const Row& row : devices.rows)
      if (auto device = read_device(row, 0)) settings.devices.push_back(*std::move(device));
    return settings;
  }

  Status write(std::string_view account, const AccountSettings& settings) override {
    RESTANTE_CHECKED(own::check_writable(settings));
    RESTANTE_TRY(Values values, values_of(settings));
    if (own::is_fresh(settings)) {
      RESTANTE_CHECKED(run(kDrop, {std::string(account)}));
      return ok();
    }
    values.emplace(values.begin(), std::string(account));
    RESTANTE_CHECKED(run(kWrite, values));
    return ok();
  }

  Result<std::vector<DeviceEntry>> devices(std::string_view account) override {
    RESTANTE_TRY(const Rows rows, run(kReadDevices, {std::string(account)}));
    std::vector<DeviceEntry> entries;
    for (const Row& row : rows.rows) {
      DeviceEntry entry;
      entry.label = row[0].value_or("");
      entry.last_used = to_time(row[2]);
      entry.created = to_time(row[3]).value_or(WallTime());
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  Status add_device(std::string_view account, const Device& device, WallTime created) override {
    RESTANTE_CHECKED(run(
        kAddDevice, {std::string(account), device.label, to_hex(device.tag), to_text(created)}));
    return ok();
  }

  Result<bool> remove_device(std::string_view account, std::string_view label) override {
    RESTANTE_TRY(const Rows rows, run(kRemoveDevice, {std::string(account), std::string(label)}));
    return !rows.rows.empty();
  }

  Result<std::vector<Copy>> copies(std::string_view account) override {
    RESTANTE_CHECKED(connect());
    // Outside a change the table may not be there yet, and is not made for a question.
    const auto rows = connection_->run_own(kReadCopies, {std::string(account)});
    std::vector<Copy> found;
    if (!rows && rows.error().code == Errc::kNotFound) return found;
    if (!rows) return told(rows.error());
    for (const Row& row : rows->rows) found.push_back(read_copy(row, 0));
    return found;
  }

  Status put_copy(std::string_view account, const Copy& copy) override {
    Values values = values_of(copy);
    values.emplace(values.begin(), std::string(account));
    RESTANTE_CHECKED(run(kPutCopy, values));
    return ok();
  }

  Result<bool> remove_copy(std::string_view account, std::string_view label) override {
    RESTANTE_TRY(const Rows rows, run(kRemoveCopy, {std::string(account), std::string(label)}));
    return !rows.rows.empty();
  }

  Result<bool> forget(std::string_view account) override {
    bool was_there = false;
    for (const char* const drop : {kDrop, kDropDevices, kDropCopies}) {
      RESTANTE_TRY(const Rows rows, run(drop, {std::string(account)}));
      was_there = was_there || !rows.rows.empty();
    }
    return was_there;
  }

  Result<std::vector<std::string>> names(std::string_view after, std::size_t limit) override {
    RESTANTE_TRY(const Rows rows, run(kNames, {std::string(after), std::to_string(limit)}));
    std::vector<std::string> found;
    for (const Row& row : rows.rows)
      if (row[0]) found.push_back(*row[0]);
    return found;
  }

 private:
  Status connect() {
    if (connection_ && !connection_->broken()) return ok();
    auto opened = Connection::open(settings_);
    if (!opened) return told(opened.error());
    connection_ = *std::move(opened);
    return ok();
  }

  Result<Rows> run(const char* sql, const Values& values) {
    RESTANTE_CHECKED(connect());
    auto rows = run_on_tables(*connection_, sql, values);
    if (!rows) return told(rows.error());
    return rows;
  }

  Error abandon(const Error& error) {
    if (!connection_->broken()) static_cast<void>(connection_->run_script("ROLLBACK"));
    return error;
  }

  static Error told(const Error& error) {
    return own::worth_another_try(
        Error(error.code, "postgresql, settings of accounts: " + error.detail));
  }

  const Settings settings_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

Status ask_settings_tables(const Settings& settings) {
  RESTANTE_TRY(const auto connection, Connection::open(settings));
  const auto rows = connection->run_own(
      "SELECT account FROM restante_settings UNION ALL SELECT account FROM restante_device LIMIT 0",
      {});
  if (rows || rows.error().code == Errc::kNotFound) return ok();
  return rows.error();
}

Result<std::unique_ptr<SettingsWriter>> open_settings_writer(Settings settings) {
  RESTANTE_CHECKED(check_connection_text(settings.connection));
  return std::unique_ptr<SettingsWriter>(
      std::make_unique<PostgresqlSettingsWriter>(std::move(settings)));
}

}  // namespace restante::accounts::postgresql
