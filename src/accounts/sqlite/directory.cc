#include "accounts/sqlite/directory.h"

#include <unordered_set>

#include "accounts/names/idna.h"
#include "accounts/own/overlay.h"
#include "accounts/sqlite/spellings.h"
#include "accounts/sqlite/watched_reader.h"

namespace restante::accounts::sqlite {
namespace {

constexpr std::size_t kCachedAccountsMax = 200000;
// Apart from the accounts, which a flood of made-up names must not push out.
constexpr std::size_t kUnknownNamesMax = 10000;

struct DirectoryStatements {
  Statement find_account;
  Statement find_owner;
  Statement find_targets;
  Statement has_domain;
  Statement any_odd_name;
  Statement accounts_by_key;
  Statement aliases_by_key;

  /// Not those of names that have no account here: another back end may have left them.
  static std::string copies_query() {
    return "SELECT account, " + std::string(kCopyColumns) +
           " FROM copy WHERE EXISTS (SELECT 1 FROM account WHERE maildrop = copy.account) "
           "OR EXISTS (SELECT 1 FROM account WHERE name = copy.account AND maildrop IS NULL) "
           "ORDER BY account, label";
  }
  Status prepare(Database& database);
};

Status DirectoryStatements::prepare(Database& database) {
  RESTANTE_CHECKED(
      database.prepare("SELECT secret, maildrop, " + std::string(kSettingsColumns) +
                           " FROM account LEFT JOIN settings "
                           "ON settings.account = ifnull(maildrop, name) WHERE name = ?1",
                       find_account));
  RESTANTE_CHECKED(
      database.prepare("SELECT target FROM alias JOIN alias_target ON alias_id = id "
                       "WHERE address = ?1 ORDER BY place",
                       find_targets));
  RESTANTE_CHECKED(
      database.prepare("SELECT EXISTS (SELECT 1 FROM account WHERE domain = ?1) "
                       "OR EXISTS (SELECT 1 FROM alias WHERE domain = ?1) "
                       "OR EXISTS (SELECT 1 FROM account WHERE domain_key = ?1) "
                       "OR EXISTS (SELECT 1 FROM alias WHERE domain_key = ?1)",
                       has_domain));
  RESTANTE_CHECKED(
      database.prepare("SELECT name FROM account WHERE maildrop = ?1 UNION ALL "
                       "SELECT name FROM account WHERE name = ?1 AND maildrop IS NULL",
                       find_owner));
  RESTANTE_CHECKED(database.prepare(kAnyOddName, any_odd_name));
  RESTANTE_CHECKED(database.prepare(kAccountsByKey, accounts_by_key));
  return database.prepare(kAliasesByKey, aliases_by_key);
}

class SqliteDirectory : public Directory, private WatchedReader<DirectoryStatements> {
 public:
  SqliteDirectory(std::filesystem::path path, bool fold_local_part,
                  std::unique_ptr<Connection> connection)
      : WatchedReader(std::move(path), std::move(connection)), fold_local_part_(fold_local_part) {}

  Result<Account> find(std::string_view name) override {
    RESTANTE_TRY(const auto lock, lock_fresh());
    return known_account(name);
  }

  Result<Account> find_owner(std::string_view maildrop) override {
    RESTANTE_TRY(const auto lock, lock_fresh());
    const auto known = accounts_.find(maildrop);
    if (known != accounts_.end() && known->second.name == maildrop) return known->second;
    Statement& query = connection().own.find_owner;
    const ResetAtEnd reset(query);
    query.bind(1, maildrop);
    auto row = query.step();
    if (!row) return store_down(std::move(row).error());
    if (!*row) return no_such_account();
    return known_account(std::string(query.text(0)));
  }

  Result<Account> find_alike(std::string_view name) override {
    RESTANTE_TRY(const auto lock, lock_fresh());
    auto own = meant_by(name, connection().own.accounts_by_key, alike_accounts_);
    if (!own) return store_down(std::move(own).error());
    if (own->empty()) return no_such_account();
    return known_account(*own);
  }

  Result<std::vector<std::string>> find_alias(std::string_view address) override {
    const auto held = lock();
    return targets_of(address);
  }

  Result<std::vector<std::string>> find_alias_alike(std::string_view address) override {
    RESTANTE_TRY(const auto lock, lock_fresh());
    auto own = meant_by(address, connection().own.aliases_by_key, alike_aliases_);
    if (!own) return store_down(std::move(own).error());
    if (own->empty()) return no_such_alias();
    return targets_of(*own);
  }

  Result<bool> has_domain(std::string_view domain) override {
    const auto held = lock();
    Statement& query = connection().own.has_domain;
    const ResetAtEnd reset(query);
    // A domain that is its own key is stored as `domain`; others have their key beside it.
    query.bind(1, to_a_labels(domain));
    auto row = query.step();
    if (!row) return store_down(std::move(row).error());
    return *row && query.number(0) != 0;
  }

  Result<std::vector<SpellingClash>> spelling_clashes() override {
    const auto held = lock();
    auto clashes = sqlite::spelling_clashes(connection().database, fold_local_part_);
    if (!clashes) return store_down(std::move(clashes).error());
    return clashes;
  }

  Result<RetentionSpread> retention_spread() override { return known_spread(); }
  Result<std::vector<AccountCopy>> copies() override { return known_copies(); }
  void device_used(const Account& account, WallTime now) override { note_use(account, now); }

  Status save_device_uses() override { return save_uses(); }

  [[nodiscard]] std::string place_of(const Account& /*account*/) const override {
    return "sqlite " + path().string();
  }

  Status reload() override { return reconnect(); }

 private:
  /// Key: a name that was asked for. Value: the name in the table that it spells; empty: none.
  using Meanings = TextMap<std::string>;

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
    Statement& query = connection().own.find_targets;
    const ResetAtEnd reset(query);
    query.bind(1, address);
    std::vector<std::string> targets;
    for (;;) {
      auto row = query.step();
      if (!row) return store_down(std::move(row).error());
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
    Statement& query = connection().own.any_odd_name;
    const ResetAtEnd reset(query);
    RESTANTE_TRY(const bool row, query.step());
    any_odd_name_ = row && query.number(0) != 0;
    return *any_odd_name_;
  }

  void forget() override {
    accounts_.clear();
    unknown_.clear();
    alike_accounts_.clear();
    alike_aliases_.clear();
    any_odd_name_.reset();
  }

  Result<Account> query_account(std::string_view name) {
    Statement& query = connection().own.find_account;
    const ResetAtEnd reset(query);
    query.bind(1, name);
    auto row = query.step();
    if (!row) return store_down(std::move(row).error());
    if (!*row) return no_such_account();
    Account account;
    account.name = query.is_null(1) ? name : query.text(1);
    if (account.name != name) account.called = name;
    account.secret = query.text(0);
    const AccountSettings settings = read_settings(query, 2);
    own::copy_values(settings, account);
    account.route = settings.route;
    account.is_operator = settings.is_operator;
    auto devices = read_devices(connection().find_devices, account.name);
    if (!devices) return store_down(std::move(devices).error());
    account.devices = std::move(*devices);
    return account;
  }

  const bool fold_local_part_;
  // The reader's lock guards everything below.
  TextMap<Account> accounts_;
  std::unordered_set<std::string, TextHash, std::equal_to<>> unknown_;
  Meanings alike_accounts_;
  Meanings alike_aliases_;
  std::optional<bool> any_odd_name_;  ///< Empty: not asked yet.
};

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(const std::filesystem::path& path,
                                                  const NameRules& rules) {
  RESTANTE_TRY(auto connection, WatchedReader<DirectoryStatements>::connect(path));
  return std::unique_ptr<Directory>(
      std::make_unique<SqliteDirectory>(path, rules.fold_local_part, std::move(connection)));
}

}  // namespace restante::accounts::sqlite
