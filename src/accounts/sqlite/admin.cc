#include "accounts/sqlite/admin.h"

#include "accounts/passwords/password.h"
#include "accounts/sqlite/access_columns.h"
#include "accounts/sqlite/allowance_columns.h"
#include "accounts/sqlite/devices.h"
#include "accounts/sqlite/schema.h"
#include "accounts/sqlite/spellings.h"

namespace restante::accounts::sqlite {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(5000);

std::int64_t to_stored(WallTime time) { return time.time_since_epoch().count(); }
WallTime from_stored(std::int64_t stored) { return WallTime(std::chrono::milliseconds(stored)); }

std::string select_entries(std::string_view rest) {
  return "SELECT name, secret, created, secret_changed, " + std::string(kAccessColumns) + ", " +
         std::string(kAllowanceColumns) + " FROM account " + std::string(rest);
}

AccountEntry entry_from(const Statement& row) {
  AccountEntry entry;
  entry.name = row.text(0);
  entry.scheme = scheme_of(row.text(1));
  entry.created = from_stored(row.number(2));
  entry.secret_changed = from_stored(row.number(3));
  Access access = read_access(row, 4);
  entry.enabled = access.enabled;
  entry.no_login = access.no_login;
  entry.networks = std::move(access.networks);
  entry.fault = std::move(access.fault);
  entry.allowance = read_allowance(row, 4 + kAccessColumnCount);
  return entry;
}

Error no_account(std::string_view name) {
  return Error(Errc::kNotFound, "no such account: " + std::string(name));
}

class SqliteAdmin : public AccountAdmin {
 public:
  SqliteAdmin(Database database, NameRules rules, const Clock& clock)
      : database_(std::move(database)), rules_(std::move(rules)), clock_(clock) {}

  Result<std::string> add(std::string_view name, std::string_view secret) override;
  Result<ImportOutcome> import(const std::vector<NewAccount>& accounts,
                               const ImportRules& rules) override;
  Status remove(std::string_view name) override;
  Status set_secret(std::string_view name, std::string_view secret) override;
  Status set_enabled(std::string_view name, bool enabled) override;
  Status bar_login(std::string_view name) override;
  Status set_networks(std::string_view name,
                      const std::shared_ptr<const Networks>& networks) override;
  Result<Allowance> change_allowance(std::string_view name,
                                     const std::function<void(Allowance&)>& change) override;
  Result<NewDevice> add_device(std::string_view name, std::string_view label) override {
    RESTANTE_TRY(const std::string canonical, own_name(name));
    return sqlite::add_device(database_, {canonical, label}, clock_.now());
  }
  Status remove_device(std::string_view name, std::string_view label) override {
    RESTANTE_TRY(const std::string canonical, own_name(name));
    return sqlite::remove_device(database_, {canonical, label});
  }
  Result<std::vector<DeviceEntry>> list_devices(std::string_view name) override {
    RESTANTE_TRY(const std::string canonical, own_name(name));
    return sqlite::list_devices(database_, canonical);
  }
  Result<std::vector<AccountEntry>> list() override;
  Result<AccountEntry> show(std::string_view name) override;
  Status add_alias(std::string_view address, const std::vector<std::string>& targets) override;
  Status remove_alias(std::string_view address) override;
  Result<std::vector<AliasEntry>> list_aliases() override;

 private:
  Result<std::vector<std::string>> by_key(std::string_view query, std::string_view name);
  /// How the account that `typed` means is spelt; where there is none, as typed.
  Result<std::string> own_name(std::string_view typed);
  Result<std::string> own_address(std::string_view typed);
  /// The account or alias that `name` would be another spelling of, or the same.
  Result<std::optional<std::string>> holder_of(std::string_view name);
  Status refuse_taken(std::string_view name);
  Result<bool> is_account(std::string_view name);
  Status insert_account(std::string_view name, std::string_view secret);
  Status store(const NewAccount& account, const AccountEntry& before);
  Status import_one(std::size_t place, NewAccount account, const ImportRules& rules,
                    ImportOutcome& outcome);
  Status insert_alias(std::string_view address, const std::vector<std::string>& targets);
  Status refuse_while_target(std::string_view name);
  Result<std::vector<std::string>> checked_targets(std::string_view address,
                                                   const std::vector<std::string>& targets);

  Database database_;
  NameRules rules_;
  const Clock& clock_;  ///< Not owned.
};

Result<std::vector<std::string>> SqliteAdmin::by_key(std::string_view query,
                                                     std::string_view name) {
  RESTANTE_TRY(Statement statement, database_.prepare(query));
  return names_by_key(statement, name);
}

Result<std::string> SqliteAdmin::own_name(std::string_view typed) {
  RESTANTE_TRY(std::string canonical, canonical_name(typed, rules_));
  RESTANTE_TRY(const auto names, by_key(kAccountsByKey, canonical));
  const std::string* const chosen = choose_spelling(names, canonical, rules_.fold_local_part);
  if (chosen != nullptr) return *chosen;
  return canonical;
}

Result<std::string> SqliteAdmin::own_address(std::string_view typed) {
  RESTANTE_TRY(std::string canonical, canonical_alias(typed, rules_));
  RESTANTE_TRY(const auto addresses, by_key(kAliasesByKey, canonical));
  const std::string* const chosen = choose_spelling(addresses, canonical, rules_.fold_local_part);
  if (chosen != nullptr) return *chosen;
  return canonical;
}

Result<std::optional<std::string>> SqliteAdmin::holder_of(std::string_view name) {
  RESTANTE_TRY(std::vector<std::string> names, by_key(kAccountsByKey, name));
  RESTANTE_TRY(const auto addresses, by_key(kAliasesByKey, name));
  names.insert(names.end(), addresses.begin(), addresses.end());
  const std::string key = spelling_key(name, rules_.fold_local_part);
  std::optional<std::string> holder;
  for (const std::string& other : names)
    if (other == name || (!holder && spelling_key(other, rules_.fold_local_part) == key))
      holder = other;
  return holder;
}

Status SqliteAdmin::refuse_taken(std::string_view name) {
  RESTANTE_TRY(const auto holder, holder_of(name));
  if (!holder) return ok();
  std::string why = "an account or an alias has this name already: " + *holder;
  if (*holder != name) why += ", of which " + std::string(name) + " is another spelling";
  return Error(Errc::kExists, std::move(why));
}

Status SqliteAdmin::insert_account(std::string_view name, std::string_view secret) {
  RESTANTE_TRY(Statement insert,
               database_.prepare("INSERT INTO account (name, domain, secret, created, "
                                 "secret_changed, name_key, domain_key) "
                                 "VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)"));
  insert.bind(1, name);
  insert.bind(2, domain_of(name));
  insert.bind(3, secret);
  insert.bind(4, to_stored(clock_.now()));
  bind_keys(insert, 5, name);
  RESTANTE_CHECKED(insert.step());
  return ok();
}

Result<std::string> SqliteAdmin::add(std::string_view name, std::string_view secret) {
  RESTANTE_TRY(std::string canonical, canonical_name(name, rules_));
  RESTANTE_CHECKED(check_secret(secret));
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_CHECKED(refuse_taken(canonical));
  RESTANTE_CHECKED(insert_account(canonical, secret));
  RESTANTE_CHECKED(transaction->commit());
  return canonical;
}

Result<bool> SqliteAdmin::is_account(std::string_view name) {
  const auto entry = show(name);
  if (!entry && entry.error().code != Errc::kNotFound) return entry.error();
  return entry.has_value();
}

/// Writes what is said of the account; what is not said, and what keeps anybody out, stays.
Status SqliteAdmin::store(const NewAccount& account, const AccountEntry& before) {
  Allowance allowance = before.allowance;
  const Allowance& said = account.allowance;
  if (said.quota_octets) allowance.quota_octets = said.quota_octets;
  if (said.quota_messages) allowance.quota_messages = said.quota_messages;
  if (said.retention_days) allowance.retention_days = said.retention_days;
  if (said.retention_from) allowance.retention_from = said.retention_from;
  if (said.several_addresses) allowance.several_addresses = said.several_addresses;
  RESTANTE_TRY(Statement update,
               database_.prepare(
                   "UPDATE account SET secret_changed = iif(secret = ?2, secret_changed, ?3), "
                   "secret = ?2, no_login = max(no_login, ?4), networks = ifnull(?5, networks), (" +
                   std::string(kAllowanceColumns) + ") = (?6, ?7, ?8, ?9, ?10) WHERE name = ?1"));
  update.bind(1, account.name);
  update.bind(2, account.secret);
  update.bind(3, to_stored(clock_.now()));
  update.bind(4, std::int64_t{account.no_login});
  bind_networks(update, 5, account.networks);
  RESTANTE_CHECKED(bind_allowance(update, 6, allowance));
  RESTANTE_CHECKED(update.step());
  return ok();
}

Status SqliteAdmin::import_one(std::size_t place, NewAccount account, const ImportRules& rules,
                               ImportOutcome& outcome) {
  RESTANTE_TRY(const std::string name, canonical_name(account.name, rules_));
  RESTANTE_CHECKED(check_secret(account.secret));
  RESTANTE_TRY(const auto holder, holder_of(name));
  const bool taken = holder.has_value();
  account.name = holder.value_or(name);
  RESTANTE_TRY(const bool is_there, taken ? is_account(account.name) : Result<bool>(false));
  if (taken && !(is_there && rules.update)) {
    outcome.taken.push_back(place);
    return ok();
  }
  if (!taken) RESTANTE_CHECKED(insert_account(account.name, account.secret));
  RESTANTE_TRY(const AccountEntry before, show(account.name));
  RESTANTE_CHECKED(store(account, before));
  ++(taken ? outcome.updated : outcome.added);
  return ok();
}

Result<ImportOutcome> SqliteAdmin::import(const std::vector<NewAccount>& accounts,
                                          const ImportRules& rules) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  ImportOutcome outcome;
  for (std::size_t place = 0; place < accounts.size(); ++place)
    RESTANTE_CHECKED(import_one(place, accounts[place], rules, outcome));
  if (rules.only_look || (!outcome.taken.empty() && !rules.skip_taken)) {
    outcome.added = outcome.updated = 0;
    return outcome;
  }
  RESTANTE_CHECKED(transaction->commit());
  return outcome;
}

/// An account or alias that aliases lead to cannot go: their mail would bounce, or go to fewer.
Status SqliteAdmin::refuse_while_target(std::string_view name) {
  RESTANTE_TRY(Statement query,
               database_.prepare("SELECT address FROM alias_target JOIN alias ON alias_id = id "
                                 "WHERE target = ?1 ORDER BY address LIMIT 1"));
  query.bind(1, name);
  RESTANTE_TRY(const bool row, query.step());
  if (!row) return ok();
  return Error(Errc::kState, "an alias leads to " + std::string(name) +
                                 "; remove it first: " + std::string(query.text(0)));
}

Status SqliteAdmin::remove(std::string_view name) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_TRY(const std::string canonical, own_name(name));
  RESTANTE_TRY(Statement statement, database_.prepare("DELETE FROM account WHERE name = ?1"));
  statement.bind(1, canonical);
  RESTANTE_CHECKED(statement.step());
  if (database_.changes() == 0) return no_account(canonical);
  RESTANTE_CHECKED(refuse_while_target(canonical));
  return transaction->commit();
}

Status SqliteAdmin::set_secret(std::string_view name, std::string_view secret) {
  RESTANTE_TRY(const std::string canonical, own_name(name));
  RESTANTE_CHECKED(check_secret(secret));
  RESTANTE_TRY(Statement update, database_.prepare("UPDATE account SET secret = ?2, "
                                                   "secret_changed = ?3 WHERE name = ?1"));
  update.bind(1, canonical);
  update.bind(2, secret);
  update.bind(3, to_stored(clock_.now()));
  RESTANTE_CHECKED(update.step());
  return database_.changes() == 0 ? Status(no_account(canonical)) : ok();
}

Status SqliteAdmin::set_enabled(std::string_view name, bool enabled) {
  RESTANTE_TRY(const std::string canonical, own_name(name));
  RESTANTE_TRY(Statement update,
               database_.prepare("UPDATE account SET enabled = ?2, "
                                 "no_login = iif(?2, 0, no_login) WHERE name = ?1"));
  update.bind(1, canonical);
  update.bind(2, std::int64_t{enabled});
  RESTANTE_CHECKED(update.step());
  return database_.changes() == 0 ? Status(no_account(canonical)) : ok();
}

Status SqliteAdmin::bar_login(std::string_view name) {
  RESTANTE_TRY(const std::string canonical, own_name(name));
  RESTANTE_TRY(Statement update,
               database_.prepare("UPDATE account SET no_login = 1 WHERE name = ?1"));
  update.bind(1, canonical);
  RESTANTE_CHECKED(update.step());
  return database_.changes() == 0 ? Status(no_account(canonical)) : ok();
}

Status SqliteAdmin::set_networks(std::string_view name,
                                 const std::shared_ptr<const Networks>& networks) {
  RESTANTE_TRY(const std::string canonical, own_name(name));
  RESTANTE_TRY(Statement update,
               database_.prepare("UPDATE account SET networks = ?2 WHERE name = ?1"));
  update.bind(1, canonical);
  bind_networks(update, 2, networks);
  RESTANTE_CHECKED(update.step());
  return database_.changes() == 0 ? Status(no_account(canonical)) : ok();
}

Result<Allowance> SqliteAdmin::change_allowance(std::string_view name,
                                                const std::function<void(Allowance&)>& change) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_TRY(AccountEntry entry, show(name));
  change(entry.allowance);
  RESTANTE_TRY(Statement update,
               database_.prepare("UPDATE account SET (" + std::string(kAllowanceColumns) +
                                 ") = (?2, ?3, ?4, ?5, ?6) WHERE name = ?1"));
  update.bind(1, entry.name);
  RESTANTE_CHECKED(bind_allowance(update, 2, entry.allowance));
  RESTANTE_CHECKED(update.step());
  RESTANTE_CHECKED(transaction->commit());
  return entry.allowance;
}

Result<std::vector<AccountEntry>> SqliteAdmin::list() {
  RESTANTE_TRY(Statement query, database_.prepare(select_entries("ORDER BY name")));
  std::vector<AccountEntry> entries;
  for (;;) {
    RESTANTE_TRY(const bool row, query.step());
    if (!row) return entries;
    entries.push_back(entry_from(query));
  }
}

Result<AccountEntry> SqliteAdmin::show(std::string_view name) {
  RESTANTE_TRY(const std::string canonical, own_name(name));
  RESTANTE_TRY(Statement query, database_.prepare(select_entries("WHERE name = ?1")));
  query.bind(1, canonical);
  RESTANTE_TRY(const bool row, query.step());
  if (!row) return no_account(canonical);
  return entry_from(query);
}

/// Canonical and each once, in order; all of them there.
Result<std::vector<std::string>> SqliteAdmin::checked_targets(
    std::string_view address, const std::vector<std::string>& targets) {
  const std::string key = spelling_key(address, rules_.fold_local_part);
  std::vector<std::string> checked;
  for (const std::string& target : targets) {
    RESTANTE_TRY(const std::string canonical, canonical_name(target, rules_));
    if (spelling_key(canonical, rules_.fold_local_part) == key)
      return Error(Errc::kSyntax, "an alias cannot lead to itself");
    RESTANTE_TRY(auto there, holder_of(canonical));
    if (!there) return Error(Errc::kNotFound, "no such account or alias: " + canonical);
    if (std::find(checked.begin(), checked.end(), *there) == checked.end())
      checked.push_back(*std::move(there));
  }
  if (checked.empty()) return Error(Errc::kSyntax, "an alias needs a target");
  return checked;
}

Status SqliteAdmin::insert_alias(std::string_view address,
                                 const std::vector<std::string>& targets) {
  RESTANTE_TRY(Statement alias, database_.prepare("INSERT INTO alias (address, domain, created, "
                                                  "name_key, domain_key) "
                                                  "VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id"));
  alias.bind(1, address);
  alias.bind(2, domain_of(address));
  alias.bind(3, to_stored(clock_.now()));
  bind_keys(alias, 4, address);
  RESTANTE_CHECKED(alias.step());
  const std::int64_t id = alias.number(0);
  alias.reset();
  RESTANTE_TRY(Statement insert, database_.prepare("INSERT INTO alias_target (alias_id, place, "
                                                   "target) VALUES (?1, ?2, ?3)"));
  std::int64_t place = 0;
  for (const std::string& target : targets) {
    const ResetAtEnd reset(insert);
    insert.bind(1, id);
    insert.bind(2, ++place);
    insert.bind(3, target);
    RESTANTE_CHECKED(insert.step());
  }
  return ok();
}

Status SqliteAdmin::add_alias(std::string_view address, const std::vector<std::string>& targets) {
  RESTANTE_TRY(const std::string canonical, canonical_alias(address, rules_));
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_CHECKED(refuse_taken(canonical));
  RESTANTE_TRY(const auto checked, checked_targets(canonical, targets));
  RESTANTE_CHECKED(insert_alias(canonical, checked));
  return transaction->commit();
}

Status SqliteAdmin::remove_alias(std::string_view address) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_TRY(const std::string canonical, own_address(address));
  RESTANTE_TRY(Statement statement, database_.prepare("DELETE FROM alias WHERE address = ?1"));
  statement.bind(1, canonical);
  RESTANTE_CHECKED(statement.step());
  if (database_.changes() == 0) return Error(Errc::kNotFound, "no such alias: " + canonical);
  RESTANTE_CHECKED(refuse_while_target(canonical));
  return transaction->commit();
}

Result<std::vector<AliasEntry>> SqliteAdmin::list_aliases() {
  RESTANTE_TRY(Statement query,
               database_.prepare("SELECT address, target FROM alias JOIN alias_target "
                                 "ON alias_id = id ORDER BY address, place"));
  std::vector<AliasEntry> entries;
  for (;;) {
    RESTANTE_TRY(const bool row, query.step());
    if (!row) return entries;
    if (entries.empty() || entries.back().address != query.text(0))
      entries.push_back(AliasEntry{std::string(query.text(0)), {}});
    entries.back().targets.emplace_back(query.text(1));
  }
}

}  // namespace

Result<std::unique_ptr<AccountAdmin>> open_admin(const std::filesystem::path& path, NameRules rules,
                                                 const Clock& clock) {
  RESTANTE_TRY(Database database, open_accounts(path, kPatience));
  return std::unique_ptr<AccountAdmin>(
      std::make_unique<SqliteAdmin>(std::move(database), std::move(rules), clock));
}

}  // namespace restante::accounts::sqlite
