#include "accounts/sqlite/directory.h"

#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "accounts/names/idna.h"
#include "accounts/sqlite/devices.h"
#include "accounts/sqlite/schema.h"
#include "accounts/sqlite/settings_columns.h"
#include "accounts/sqlite/spellings.h"
#include "sql/commit_watch.h"

namespace restante::accounts::sqlite {
namespace {

// A reader waits only while another process recovers the WAL; an event loop may be behind us.
constexpr auto kPatience = std::chrono::milliseconds(1000);
constexpr std::size_t kCachedAccountsMax = 200000;
// Apart from the accounts, which a flood of made-up names must not push out.
constexpr std::size_t kUnknownNamesMax = 10000;

/// Lets a map of strings be asked with a view, without a copy.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

/// The connection and its statements; replaced as a whole by reload().
struct Connection {
  Database database;
  Statement data_version;
  Statement find_account;
  Statement find_devices;
  Statement find_owner;
  Statement find_targets;
  Statement has_domain;
  Statement spread;
  Statement any_odd_name;
  Statement accounts_by_key;
  Statement aliases_by_key;
};

Result<std::unique_ptr<Connection>> connect(const std::filesystem::path& path) {
  auto made = std::make_unique<Connection>();
  RESTANTE_TRY(Database database, open_accounts(path, kPatience));
  RESTANTE_TRY(Statement data_version, database.prepare(sql::CommitWatch::kQuery));
  RESTANTE_TRY(Statement find_account,
               database.prepare("SELECT secret, maildrop, " + std::string(kSettingsColumns) +
                                " FROM account LEFT JOIN settings "
                                "ON settings.account = ifnull(maildrop, name) WHERE name = ?1"));
  RESTANTE_TRY(Statement find_devices, database.prepare(kSelectDevices));
  RESTANTE_TRY(Statement find_targets,
               database.prepare("SELECT target FROM alias JOIN alias_target ON alias_id = id "
                                "WHERE address = ?1 ORDER BY place"));
  RESTANTE_TRY(Statement has_domain,
               database.prepare("SELECT EXISTS (SELECT 1 FROM account WHERE domain = ?1) "
                                "OR EXISTS (SELECT 1 FROM alias WHERE domain = ?1) "
                                "OR EXISTS (SELECT 1 FROM account WHERE domain_key = ?1) "
                                "OR EXISTS (SELECT 1 FROM alias WHERE domain_key = ?1)"));
  RESTANTE_TRY(Statement spread, database.prepare(kSelectSpread));
  RESTANTE_CHECKED(
      database.prepare("SELECT name FROM account WHERE maildrop = ?1 UNION ALL "
                       "SELECT name FROM account WHERE name = ?1 AND maildrop IS NULL",
                       made->find_owner));
  RESTANTE_CHECKED(database.prepare(kAnyOddName, made->any_odd_name));
  RESTANTE_CHECKED(database.prepare(kAccountsByKey, made->accounts_by_key));
  RESTANTE_CHECKED(database.prepare(kAliasesByKey, made->aliases_by_key));
  made->database = std::move(database);
  made->data_version = std::move(data_version);
  made->find_account = std::move(find_account);
  made->find_devices = std::move(find_devices);
  made->find_targets = std::move(find_targets);
  made->has_domain = std::move(has_domain);
  made->spread = std::move(spread);
  return made;
}

/// Every fault below means "the back end is down" to the caller.
Error down(Error error) { return Error(Errc::kIo, std::move(error.detail)); }

class SqliteDirectory : public Directory {
 public:
  SqliteDirectory(std::filesystem::path path, bool fold_local_part,
                  std::unique_ptr<Connection> connection)
      : path_(std::move(path)),
        fold_local_part_(fold_local_part),
        connection_(std::move(connection)) {}

  Result<Account> find(std::string_view name) override {
    const std::lock_guard lock(mutex_);
    if (Status fresh = forget_if_changed(); !fresh) return down(std::move(fresh).error());
    return known_account(name);
  }

  Result<Account> find_owner(std::string_view maildrop) override {
    const std::lock_guard lock(mutex_);
    if (Status fresh = forget_if_changed(); !fresh) return down(std::move(fresh).error());
    const auto known = accounts_.find(maildrop);
    if (known != accounts_.end() && known->second.name == maildrop) return known->second;
    Statement& query = connection_->find_owner;
    const ResetAtEnd reset(query);
    query.bind(1, maildrop);
    auto row = query.step();
    if (!row) return down(std::move(row).error());
    if (!*row) return no_such_account();
    return known_account(std::string(query.text(0)));
  }

  Result<Account> find_alike(std::string_view name) override {
    const std::lock_guard lock(mutex_);
    if (Status fresh = forget_if_changed(); !fresh) return down(std::move(fresh).error());
    auto own = meant_by(name, connection_->accounts_by_key, alike_accounts_);
    if (!own) return down(std::move(own).error());
    if (own->empty()) return no_such_account();
    return known_account(*own);
  }

  Result<std::vector<std::string>> find_alias(std::string_view address) override {
    const std::lock_guard lock(mutex_);
    return targets_of(address);
  }

  Result<std::vector<std::string>> find_alias_alike(std::string_view address) override {
    const std::lock_guard lock(mutex_);
    if (Status fresh = forget_if_changed(); !fresh) return down(std::move(fresh).error());
    auto own = meant_by(address, connection_->aliases_by_key, alike_aliases_);
    if (!own) return down(std::move(own).error());
    if (own->empty()) return no_such_alias();
    return targets_of(*own);
  }

  Result<bool> has_domain(std::string_view domain) override {
    const std::lock_guard lock(mutex_);
    Statement& query = connection_->has_domain;
    const ResetAtEnd reset(query);
    // A domain that is its own key is stored as `domain`; others have their key beside it.
    query.bind(1, to_a_labels(domain));
    auto row = query.step();
    if (!row) return down(std::move(row).error());
    return *row && query.number(0) != 0;
  }

  Result<std::vector<SpellingClash>> spelling_clashes() override {
    const std::lock_guard lock(mutex_);
    auto clashes = sqlite::spelling_clashes(connection_->database, fold_local_part_);
    if (!clashes) return down(std::move(clashes).error());
    return clashes;
  }

  Result<RetentionSpread> retention_spread() override {
    const std::lock_guard lock(mutex_);
    if (Status fresh = forget_if_changed(); !fresh) return down(std::move(fresh).error());
    if (spread_) return *spread_;
    auto read = read_spread(connection_->spread);
    if (!read) return down(std::move(read).error());
    spread_ = *read;
    return *spread_;
  }

  void device_used(const Account& account, WallTime now) override { uses_.note(account, now); }

  Status save_device_uses() override {
    return uses_.save([this](const auto& uses) { return write_uses(path_, uses); });
  }

  [[nodiscard]] std::string place_of(const Account& /*account*/) const override {
    return "sqlite " + path_.string();
  }

  Status reload() override {
    RESTANTE_TRY(auto fresh, connect(path_));
    const std::lock_guard lock(mutex_);
    connection_ = std::move(fresh);
    forget();
    watch_.begin_anew();
    return ok();
  }

 private:
  /// Key: a name that was asked for. Value: the name in the table that it spells; empty: none.
  using Meanings = std::unordered_map<std::string, std::string, TextHash, std::equal_to<>>;

  static Error no_such_account() { return Error(Errc::kNotFound, "no such account"); }
  static Error no_such_alias() { return Error(Errc::kNotFound, "no such alias"); }

  Result<Account> known_account(std::string_view name) {
    if (const auto known = accounts_.find(name); known != accounts_.end()) return known->second;
    if (unknown_.contains(name)) return no_such_account();
    auto found = query_account(name);
    if (!found && found.error().code == Errc::kNotFound) {
      // Remembered, or the time would tell the names that exist, which are in memory, from the
      // others.
      if (unknown_.size() >= kUnknownNamesMax) unknown_.clear();
      unknown_.emplace(name);
    }
    if (!found) return found;
    // Rare enough that dropping all is simpler than choosing.
    if (accounts_.size() >= kCachedAccountsMax) accounts_.clear();
    accounts_.emplace(std::string(name), *found);
    return found;
  }

  Result<std::vector<std::string>> targets_of(std::string_view address) {
    Statement& query = connection_->find_targets;
    const ResetAtEnd reset(query);
    query.bind(1, address);
    std::vector<std::string> targets;
    for (;;) {
      auto row = query.step();
      if (!row) return down(std::move(row).error());
      if (!*row) break;
      targets.emplace_back(query.text(0));
    }
    if (targets.empty()) return no_such_alias();
    return targets;
  }

  Result<std::string> meant_by(std::string_view name, Statement& query, Meanings& meanings) {
    if (const auto known = meanings.find(name); known != meanings.end()) return known->second;
    RESTANTE_TRY(const bool any_odd, any_odd_name());
    // Where every name is its own key, only another spelling can mean one of them.
    if (!any_odd && spelling_key(name, fold_local_part_) == name) return std::string();
    RESTANTE_TRY(const auto candidates, names_by_key(query, name));
    const std::string* const chosen = choose_spelling(candidates, name, fold_local_part_);
    std::string own = chosen == nullptr ? std::string() : *chosen;
    if (meanings.size() >= kUnknownNamesMax) meanings.clear();
    meanings.emplace(name, own);
    return own;
  }

  Result<bool> any_odd_name() {
    if (any_odd_name_) return *any_odd_name_;
    Statement& query = connection_->any_odd_name;
    const ResetAtEnd reset(query);
    RESTANTE_TRY(const bool row, query.step());
    any_odd_name_ = row && query.number(0) != 0;
    return *any_odd_name_;
  }

  void forget() {
    accounts_.clear();
    unknown_.clear();
    alike_accounts_.clear();
    alike_aliases_.clear();
    any_odd_name_.reset();
    spread_.reset();
  }

  Status forget_if_changed() {
    RESTANTE_TRY(const bool changed,
                 watch_.has_changed(connection_->database, connection_->data_version));
    if (changed) forget();
    return ok();
  }

  Result<Account> query_account(std::string_view name) {
    Statement& query = connection_->find_account;
    const ResetAtEnd reset(query);
    query.bind(1, name);
    auto row = query.step();
    if (!row) return down(std::move(row).error());
    if (!*row) return no_such_account();
    Account account;
    account.name = query.is_null(1) ? name : query.text(1);
    if (account.name != name) account.called = name;
    account.secret = query.text(0);
    AccountSettings settings = read_settings(query, 2);
    account.enabled = settings.enabled;
    account.no_login = settings.no_login;
    account.networks = std::move(settings.networks);
    account.fault = std::move(settings.fault);
    account.allowance = settings.allowance;
    account.route = std::move(settings.route);
    account.is_operator = settings.is_operator;
    auto devices = read_devices(connection_->find_devices, account.name);
    if (!devices) return down(std::move(devices).error());
    account.devices = std::move(*devices);
    return account;
  }

  const std::filesystem::path path_;
  const bool fold_local_part_;
  own::DeviceUses uses_;
  std::mutex mutex_;  ///< Guards everything below.
  std::unique_ptr<Connection> connection_;
  std::unordered_map<std::string, Account, TextHash, std::equal_to<>> accounts_;
  std::unordered_set<std::string, TextHash, std::equal_to<>> unknown_;
  Meanings alike_accounts_;
  Meanings alike_aliases_;
  std::optional<bool> any_odd_name_;  ///< Empty: not asked yet.
  std::optional<RetentionSpread> spread_;
  sql::CommitWatch watch_;
};

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(const std::filesystem::path& path,
                                                  const NameRules& rules) {
  RESTANTE_TRY(auto connection, connect(path));
  return std::unique_ptr<Directory>(
      std::make_unique<SqliteDirectory>(path, rules.fold_local_part, std::move(connection)));
}

}  // namespace restante::accounts::sqlite
