// What both readers of accounts.db share (directory.h, settings_reader.h): one connection with its
// statements, the uses of devices, and knowledge in memory that is right until another connection
// commits. Callable from any thread; an event loop may wait for it.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "accounts/sqlite/devices.h"
#include "accounts/sqlite/schema.h"
#include "accounts/sqlite/settings_columns.h"
#include "sql/commit_watch.h"

namespace restante::accounts::sqlite {

/// Lets a map of strings be asked with a view, without a copy.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

template <typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

/// Every fault means "the store is down" to the caller.
inline Error store_down(Error error) { return Error(Errc::kIo, std::move(error.detail)); }

/// `Statements` are those of one reader: `Status prepare(Database&)`, and the query of all copies
/// (account, kCopyColumns): `static std::string copies_query()`.
template <typename Statements>
class WatchedReader {
 public:
  /// Replaced as a whole by reconnect().
  struct Connection {
    Database database;
    Statement data_version;
    Statement find_devices;
    Statement spread;
    Statement copies;
    Statements own;
  };

  /// Makes the database when it is not there. Errors: kIo, kBusy, kCorrupt.
  static Result<std::unique_ptr<Connection>> connect(const std::filesystem::path& path);

 protected:
  WatchedReader(std::filesystem::path path, std::unique_ptr<Connection> connection)
      : path_(std::move(path)), connection_(std::move(connection)) {}
  virtual ~WatchedReader() = default;

  /// What the reader knows is right while this is held; it guards that, too. Errors: kIo.
  Result<std::unique_lock<std::mutex>> lock_fresh();
  [[nodiscard]] std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }
  /// Under the lock.
  [[nodiscard]] Connection& connection() { return *connection_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  Result<RetentionSpread> known_spread();
  Result<std::vector<AccountCopy>> known_copies();
  void note_use(const Account& account, WallTime now) { uses_.note(account, now); }
  Status save_uses() {
    return uses_.save([this](const auto& uses) { return write_uses(path_, uses); });
  }
  /// Errors: as connect(); then the old connection stays.
  Status reconnect();

 private:
  /// Drops what the reader knows. Under the lock.
  virtual void forget() = 0;
  void forget_all() {
    spread_.reset();
    copies_.reset();
    forget();
  }

  // A reader waits only while another process recovers the WAL; an event loop may be behind us.
  static constexpr auto kPatience = std::chrono::milliseconds(1000);

  const std::filesystem::path path_;
  own::DeviceUses uses_;
  std::mutex mutex_;  ///< Guards everything below.
  std::unique_ptr<Connection> connection_;
  std::optional<RetentionSpread> spread_;
  std::optional<std::vector<AccountCopy>> copies_;
  sql::CommitWatch watch_;
};

template <typename Statements>
auto WatchedReader<Statements>::connect(const std::filesystem::path& path)
    -> Result<std::unique_ptr<Connection>> {
  auto made = std::make_unique<Connection>();
  RESTANTE_TRY(Database opened, open_accounts(path, kPatience));
  made->database = std::move(opened);
  Database& database = made->database;
  RESTANTE_CHECKED(database.prepare(sql::CommitWatch::kQuery, made->data_version));
  RESTANTE_CHECKED(database.prepare(kSelectDevices, made->find_devices));
  RESTANTE_CHECKED(database.prepare(kSelectSpread, made->spread));
  RESTANTE_CHECKED(database.prepare(Statements::copies_query(), made->copies));
  RESTANTE_CHECKED(made->own.prepare(database));
  return made;
}

template <typename Statements>
Result<std::unique_lock<std::mutex>> WatchedReader<Statements>::lock_fresh() {
  auto held = lock();
  auto changed = watch_.has_changed(connection_->database, connection_->data_version);
  if (!changed) return store_down(std::move(changed).error());
  if (*changed) forget_all();
  return held;
}

template <typename Statements>
Result<RetentionSpread> WatchedReader<Statements>::known_spread() {
  RESTANTE_TRY(const auto held, lock_fresh());
  if (spread_) return *spread_;
  auto read = read_spread(connection_->spread);
  if (!read) return store_down(std::move(read).error());
  spread_ = *read;
  return *spread_;
}

template <typename Statements>
Result<std::vector<AccountCopy>> WatchedReader<Statements>::known_copies() {
  RESTANTE_TRY(const auto held, lock_fresh());
  if (copies_) return *copies_;
  Statement& query = connection_->copies;
  const ResetAtEnd reset(query);
  std::vector<AccountCopy> all;
  for (;;) {
    auto row = query.step();
    if (!row) return store_down(std::move(row).error());
    if (!*row) break;
    all.push_back({std::string(query.text(0)), read_copy(query, 1)});
  }
  copies_ = all;
  return all;
}

template <typename Statements>
Status WatchedReader<Statements>::reconnect() {
  RESTANTE_TRY(auto fresh, connect(path_));
  const auto held = lock();
  connection_ = std::move(fresh);
  forget_all();
  watch_.begin_anew();
  return ok();
}

}  // namespace restante::accounts::sqlite
