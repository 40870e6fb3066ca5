#include "accounts/sqlite/settings_reader.h"

#include <mutex>
#include <unordered_map>

#include "accounts/sqlite/devices.h"
#include "accounts/sqlite/schema.h"
#include "accounts/sqlite/settings_columns.h"
#include "sql/commit_watch.h"

namespace restante::accounts::sqlite {
namespace {

// As the directory's: an event loop may wait for it.
constexpr auto kReaderPatience = std::chrono::milliseconds(1000);
constexpr std::size_t kKnownSettingsMax = 200000;

struct AccountHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

struct ReaderConnection {
  Database database;
  Statement data_version;
  Statement find;
  Statement find_devices;
  Statement spread;
};

Result<std::unique_ptr<ReaderConnection>> connect_reader(const std::filesystem::path& path) {
  auto made = std::make_unique<ReaderConnection>();
  RESTANTE_TRY(Database database, open_accounts(path, kReaderPatience));
  made->database = std::move(database);
  Database& opened = made->database;
  RESTANTE_CHECKED(opened.prepare(sql::CommitWatch::kQuery, made->data_version));
  RESTANTE_CHECKED(opened.prepare(
      "SELECT " + std::string(kSettingsColumns) + " FROM settings WHERE account = ?1", made->find));
  RESTANTE_CHECKED(opened.prepare(kSelectDevices, made->find_devices));
  RESTANTE_CHECKED(opened.prepare(kSelectSpread, made->spread));
  return made;
}

/// Every fault means "the store is down" to the caller.
Error store_down(Error error) { return Error(Errc::kIo, std::move(error.detail)); }

class SqliteSettings : public SettingsReader {
 public:
  SqliteSettings(std::filesystem::path path, std::unique_ptr<ReaderConnection> connection)
      : path_(std::move(path)), connection_(std::move(connection)) {}

  Result<SettingsPointer> find(std::string_view account) override {
    const std::lock_guard lock(mutex_);
    if (Status fresh = forget_if_changed(); !fresh) return store_down(std::move(fresh).error());
    if (const auto known = known_.find(account); known != known_.end()) return known->second;
    auto found = query(account);
    if (!found) return store_down(std::move(found).error());
    // Remembered also when nothing is set: the time would tell which names have settings.
    if (known_.size() >= kKnownSettingsMax) known_.clear();
    known_.emplace(std::string(account), *found);
    return found;
  }

  Result<RetentionSpread> retention_spread() override {
    const std::lock_guard lock(mutex_);
    if (Status fresh = forget_if_changed(); !fresh) return store_down(std::move(fresh).error());
    if (spread_) return *spread_;
    auto read = read_spread(connection_->spread);
    if (!read) return store_down(std::move(read).error());
    spread_ = *read;
    return *spread_;
  }

  void note_use(const Account& account, WallTime now) override { uses_.note(account, now); }
  Status save_uses() override {
    return uses_.save([this](const auto& uses) { return write_uses(path_, uses); });
  }

  Status reload() override {
    RESTANTE_TRY(auto fresh, connect_reader(path_));
    const std::lock_guard lock(mutex_);
    connection_ = std::move(fresh);
    forget();
    watch_.begin_anew();
    return ok();
  }

 private:
  Status forget_if_changed() {
    RESTANTE_TRY(const bool changed,
                 watch_.has_changed(connection_->database, connection_->data_version));
    if (changed) forget();
    return ok();
  }

  void forget() {
    known_.clear();
    spread_.reset();
  }

  Result<SettingsPointer> query(std::string_view account) {
    Statement& find = connection_->find;
    const ResetAtEnd reset(find);
    find.bind(1, account);
    RESTANTE_TRY(const bool row, find.step());
    AccountSettings settings;
    if (row) settings = read_settings(find, 0);
    RESTANTE_TRY(auto devices, read_devices(connection_->find_devices, account));
    if (!row && devices.empty()) return SettingsPointer();
    settings.devices = std::move(devices);
    return std::make_shared<const AccountSettings>(std::move(settings));
  }

  const std::filesystem::path path_;
  own::DeviceUses uses_;
  std::mutex mutex_;  ///< Guards everything below.
  std::unique_ptr<ReaderConnection> connection_;
  std::unordered_map<std::string, SettingsPointer, AccountHash, std::equal_to<>> known_;
  std::optional<RetentionSpread> spread_;
  sql::CommitWatch watch_;
};

}  // namespace

Result<std::unique_ptr<SettingsReader>> open_settings_reader(const std::filesystem::path& path) {
  RESTANTE_TRY(auto connection, connect_reader(path));
  return std::unique_ptr<SettingsReader>(
      std::make_unique<SqliteSettings>(path, std::move(connection)));
}

}  // namespace restante::accounts::sqlite
