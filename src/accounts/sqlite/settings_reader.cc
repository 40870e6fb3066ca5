#include "accounts/sqlite/settings_reader.h"

#include "accounts/sqlite/settings_columns.h"
#include "accounts/sqlite/watched_reader.h"

namespace restante::accounts::sqlite {
namespace {

constexpr std::size_t kKnownSettingsMax = 200000;

struct SettingsStatements {
  Statement find;

  static std::string copies_query() {
    return "SELECT account, " + std::string(kCopyColumns) + " FROM copy ORDER BY account, label";
  }
  Status prepare(Database& database) {
    return database.prepare(
        "SELECT " + std::string(kSettingsColumns) + " FROM settings WHERE account = ?1", find);
  }
};

class SqliteSettings : public SettingsReader, private WatchedReader<SettingsStatements> {
 public:
  SqliteSettings(std::filesystem::path path, std::unique_ptr<Connection> connection)
      : WatchedReader(std::move(path), std::move(connection)) {}

  Result<SettingsPointer> find(std::string_view account) override {
    RESTANTE_TRY(const auto lock, lock_fresh());
    if (const auto known = known_.find(account); known != known_.end()) return known->second;
    auto found = query(account);
    if (!found) return store_down(std::move(found).error());
    // Remembered also when nothing is set: the time would tell which names have settings.
    if (known_.size() >= kKnownSettingsMax) known_.clear();
    known_.emplace(std::string(account), *found);
    return found;
  }

  Result<RetentionSpread> retention_spread() override { return known_spread(); }
  Result<std::vector<AccountCopy>> copies() override { return known_copies(); }
  void note_use(const Account& account, WallTime now) override {
    WatchedReader::note_use(account, now);
  }
  Status save_uses() override { return WatchedReader::save_uses(); }
  Status reload() override { return reconnect(); }

 private:
  void forget() override { known_.clear(); }

  Result<SettingsPointer> query(std::string_view account) {
    Statement& find = connection().own.find;
    const ResetAtEnd reset(find);
    find.bind(1, account);
    RESTANTE_TRY(const bool row, find.step());
    AccountSettings settings;
    if (row) settings = read_settings(find, 0);
    RESTANTE_TRY(auto devices, read_devices(connection().find_devices, account));
    if (!row && devices.empty()) return SettingsPointer();
    settings.devices = std::move(devices);
    return std::make_shared<const AccountSettings>(std::move(settings));
  }

  TextMap<SettingsPointer> known_;  ///< Guarded by the reader's lock.
};

}  // namespace

Result<std::unique_ptr<SettingsReader>> open_settings_reader(const std::filesystem::path& path) {
  RESTANTE_TRY(auto connection, WatchedReader<SettingsStatements>::connect(path));
  return std::unique_ptr<SettingsReader>(
      std::make_unique<SqliteSettings>(path, std::move(connection)));
}

}  // namespace restante::accounts::sqlite
