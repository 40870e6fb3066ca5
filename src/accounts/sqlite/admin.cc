#include "accounts/sqlite/admin.h"

#include "accounts/own/overlay.h"
#include "accounts/own/settings_admin.h"
#include "accounts/passwords/password.h"
#include "accounts/sqlite/aliases.h"
#include "accounts/sqlite/bulk_accounts.h"
#include "accounts/sqlite/bulk_aliases.h"
#include "accounts/sqlite/devices.h"
#include "accounts/sqlite/former_names.h"
#include "accounts/sqlite/pages.h"
#include "accounts/sqlite/rename.h"
#include "accounts/sqlite/schema.h"
#include "accounts/sqlite/settings_columns.h"
#include "accounts/sqlite/settings_table.h"
#include "accounts/sqlite/spellings.h"

namespace restante::accounts::sqlite {
namespace {

constexpr auto kAdminPatience = std::chrono::milliseconds(5000);

std::string select_entries(std::string_view rest) {
  return "SELECT name, secret, created, secret_changed, ifnull(maildrop, name), " +
         std::string(kSettingsColumns) +
         " FROM account LEFT JOIN settings ON settings.account = ifnull(maildrop, name) " +
         std::string(rest);
}

AccountEntry entry_from(const Statement& row) {
  AccountEntry entry;
  entry.name = row.text(0);
  entry.scheme = scheme_of(row.text(1));
  entry.created = from_stored(row.number(2));
  entry.secret_changed = from_stored(row.number(3));
  entry.maildrop = row.text(4);
  const AccountSettings settings = read_settings(row, 5);
  own::copy_values(settings, entry);
  entry.route = settings.route;
  entry.is_operator = settings.is_operator;
  return entry;
}

Error no_account(std::string_view name) {
  return Error(Errc::kNotFound, "no such account: " + std::string(name));
}

class SqliteAdmin : public own::SettingsAdmin {
 public:
  SqliteAdmin(Database database, NameRules rules, const Clock& clock)
      : SettingsAdmin(clock), database_(std::move(database)), rules_(std::move(rules)) {}

  Result<std::string> add(std::string_view name, std::string_view secret) override;
  Result<std::string> add_newcomer(const Newcomer& newcomer) override;
  Result<bool> was_here(std::string_view name) override;
  Status remember(std::string_view name) override;
  Result<BulkOutcome> change_all(const std::vector<AccountChange>& changes,
                                 const BulkRules& rules) override {
    return change_accounts(database_, rules_, clock(), changes, rules);
  }
  Result<Renamed> rename(std::string_view from, std::string_view to, OldName old_name) override;
  Status remove(std::string_view name) override;
  Result<RemovedAliases> remove_with_aliases(std::string_view name) override;
  Result<std::string> secret_of(std::string_view name) override;
  Status set_secret(std::string_view name, std::string_view secret) override;
  Result<std::vector<DeviceEntry>> list_devices(std::string_view name) override {
    RESTANTE_TRY(const own::SettingsOwner owner, owner_of(name));
    RESTANTE_TRY(const auto table, SettingsTable::prepare(database_));
    return table->devices(owner.name);
  }
  Result<std::vector<Copy>> list_copies(std::string_view name) override {
    RESTANTE_TRY(const own::SettingsOwner owner, owner_of(name));
    RESTANTE_TRY(const auto table, SettingsTable::prepare(database_));
    return table->copies(owner.name);
  }
  Status list_each_account_with_devices(
      const ListRange& range, const std::function<bool(const AccountDevices&)>& take) override {
    return list_all_devices(database_, range, take);
  }
  Status list_each(const ListRange& range,
                   const std::function<bool(const AccountEntry&)>& take) override;
  Result<AccountEntry> show(std::string_view name) override;
  Status list_orphans(const ListRange& range,
                      const std::function<bool(const std::string&)>& take) override;
  Status forget_settings(std::string_view name) override;
  Status add_alias(std::string_view address, const std::vector<std::string>& targets) override;
  Result<AliasEntry> change_alias(std::string_view address, const TargetChange& change) override;
  Result<BulkOutcome> change_all_aliases(const std::vector<AliasChange>& changes,
                                         const BulkRules& rules) override {
    return change_aliases(database_, rules_, clock(), changes, rules);
  }
  Result<std::string> remove_alias(std::string_view address) override;
  Status list_each_alias(const ListRange& range,
                         const std::function<bool(const AliasEntry&)>& take) override;

 private:
  /// How the account that `typed` means is spelt; where there is none, as typed.
  Result<std::string> own_name(std::string_view typed);
  /// Errors: kNotFound.
  Result<own::SettingsOwner> owner_of(std::string_view typed);
  Status in_settings_of(std::string_view name, const Work& work) override;
  /// One change, which is refused as a whole.
  Result<std::string> add_one(AccountChange change);
  Status refuse_while_copied_to(std::string_view own);
  Status delete_row(std::string_view own);
  Result<Aliases> aliases() { return Aliases::prepare(database_, rules_, clock()); }

  Database database_;
  NameRules rules_;
};

Result<std::string> SqliteAdmin::own_name(std::string_view typed) {
  RESTANTE_TRY(std::string canonical, canonical_name(typed, rules_));
  RESTANTE_TRY(Statement query, database_.prepare(kAccountsByKey));
  RESTANTE_TRY(const auto names, names_by_key(query, canonical));
  const std::string* const chosen = choose_spelling(names, canonical, rules_.fold_local_part);
  if (chosen != nullptr) return *chosen;
  return canonical;
}

Result<std::string> SqliteAdmin::add_one(AccountChange change) {
  RESTANTE_TRY(BulkOutcome outcome, change_all({std::move(change)}, {}));
  BulkRow& row = outcome.rows.front();
  if (row.verdict == RowVerdict::kRefused) return Error(row.code, std::move(row.why));
  return std::move(row.name);
}

Result<std::string> SqliteAdmin::add(std::string_view name, std::string_view secret) {
  AccountChange change{std::string(name)};
  change.secret = secret;
  return add_one(std::move(change));
}

Result<std::string> SqliteAdmin::add_newcomer(const Newcomer& newcomer) {
  RESTANTE_TRY(const bool was, was_here(newcomer.name));
  if (was) return Error(Errc::kAuth, "an account had this name, and is gone: " + newcomer.name);
  AccountChange change{newcomer.name};
  change.secret = newcomer.secret;
  change.route = std::make_shared<const Route>(newcomer.route);
  return add_one(std::move(change));
}

Result<bool> SqliteAdmin::was_here(std::string_view name) {
  RESTANTE_TRY(const std::string canonical, canonical_name(name, rules_));
  return is_former_name(database_, canonical);
}

Status SqliteAdmin::remember(std::string_view name) {
  RESTANTE_TRY(const std::string canonical, canonical_name(name, rules_));
  return note_former_name(database_, canonical);
}

Result<Renamed> SqliteAdmin::rename(std::string_view from, std::string_view to, OldName old_name) {
  // One transaction: the names are looked at and changed as one.
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_TRY(const AccountEntry entry, show(from));
  RESTANTE_TRY(std::string canonical, canonical_name(to, rules_));
  RESTANTE_TRY(Aliases aliases, this->aliases());
  RESTANTE_CHECKED(rename_account(database_, aliases, entry.name, canonical, old_name));
  RESTANTE_CHECKED(note_former_name(database_, entry.name));
  RESTANTE_CHECKED(transaction->commit());
  return Renamed{entry.name, std::move(canonical), entry.maildrop};
}

/// Mail that waits there would have no way to go any more.
Status SqliteAdmin::refuse_while_copied_to(std::string_view own) {
  RESTANTE_TRY(Statement query,
               database_.prepare("SELECT account, label FROM copy WHERE target = 'account:' || ?1 "
                                 "ORDER BY account, label LIMIT 1"));
  query.bind(1, own);
  RESTANTE_TRY(const bool row, query.step());
  if (!row) return ok();
  return Error(Errc::kState, "the copy " + std::string(query.text(1)) + " of " +
                                 std::string(query.text(0)) + " goes to " + std::string(own) +
                                 "; remove it first (restantectl account copy remove)");
}

Status SqliteAdmin::delete_row(std::string_view own) {
  RESTANTE_CHECKED(refuse_while_copied_to(own));
  RESTANTE_TRY(Statement statement, database_.prepare("DELETE FROM account WHERE name = ?1"));
  statement.bind(1, own);
  RESTANTE_CHECKED(statement.step());
  if (database_.changes() == 0) return no_account(own);
  return note_former_name(database_, own);
}

Status SqliteAdmin::remove(std::string_view name) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_TRY(const std::string own, own_name(name));
  RESTANTE_CHECKED(delete_row(own));
  // After the deletion, in the same transaction, so that no alias can come between.
  RESTANTE_TRY(Aliases aliases, this->aliases());
  RESTANTE_CHECKED(aliases.refuse_while_target(own));
  return transaction->commit();
}

Result<RemovedAliases> SqliteAdmin::remove_with_aliases(std::string_view name) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_TRY(const std::string own, own_name(name));
  RESTANTE_CHECKED(delete_row(own));
  RESTANTE_TRY(Aliases aliases, this->aliases());
  RESTANTE_TRY(RemovedAliases removed, remove_from_aliases(database_, aliases, own));
  RESTANTE_CHECKED(transaction->commit());
  return removed;
}

Result<std::string> SqliteAdmin::secret_of(std::string_view name) {
  RESTANTE_TRY(const std::string own, own_name(name));
  RESTANTE_TRY(Statement query, database_.prepare("SELECT secret FROM account WHERE name = ?1"));
  query.bind(1, own);
  RESTANTE_TRY(const bool row, query.step());
  if (!row) return no_account(own);
  return std::string(query.text(0));
}

Status SqliteAdmin::set_secret(std::string_view name, std::string_view secret) {
  RESTANTE_TRY(const std::string canonical, own_name(name));
  RESTANTE_CHECKED(check_secret(secret));
  RESTANTE_TRY(Statement update, database_.prepare("UPDATE account SET secret = ?2, "
                                                   "secret_changed = ?3 WHERE name = ?1"));
  update.bind(1, canonical);
  update.bind(2, secret);
  update.bind(3, to_stored(clock().now()));
  RESTANTE_CHECKED(update.step());
  return database_.changes() == 0 ? Status(no_account(canonical)) : ok();
}

Result<own::SettingsOwner> SqliteAdmin::owner_of(std::string_view typed) {
  RESTANTE_TRY(std::string own, own_name(typed));
  RESTANTE_TRY(Statement query,
               database_.prepare("SELECT ifnull(maildrop, name) FROM account WHERE name = ?1"));
  query.bind(1, own);
  RESTANTE_TRY(const bool row, query.step());
  if (!row) return no_account(own);
  return own::SettingsOwner{std::move(own), std::string(query.text(0))};
}

Status SqliteAdmin::in_settings_of(std::string_view name, const Work& work) {
  RESTANTE_TRY(const auto table, SettingsTable::prepare(database_));
  return table->in_one([&]() -> Status {
    // Within the transaction, so that no other process renames or removes the account meanwhile.
    RESTANTE_TRY(const own::SettingsOwner owner, owner_of(name));
    return work(*table, owner);
  });
}

/// Other back ends leave these names: the settings of an account of this one are removed with it.
Status SqliteAdmin::list_orphans(const ListRange& range,
                                 const std::function<bool(const std::string&)>& take) {
  RESTANTE_TRY(const auto table, SettingsTable::prepare(database_));
  return own::each_orphan(*table, range, take, [this](const std::string& name) -> Result<bool> {
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT 1 FROM account WHERE maildrop = ?1 UNION ALL "
                                   "SELECT 1 FROM account WHERE name = ?1 AND maildrop IS NULL"));
    query.bind(1, name);
    return query.step();
  });
}

Status SqliteAdmin::forget_settings(std::string_view name) {
  RESTANTE_TRY(const std::string canonical, canonical_name(name, rules_));
  RESTANTE_TRY(const auto table, SettingsTable::prepare(database_));
  return table->in_one([&]() -> Status {
    if (const auto entry = show(canonical))
      return Error(Errc::kExists, "there is an account of this name: " + entry->name);
    RESTANTE_TRY(const bool was_there, table->forget(canonical));
    return was_there ? ok() : Status(own::nothing_is_set(canonical));
  });
}

Status SqliteAdmin::list_each(const ListRange& range,
                              const std::function<bool(const AccountEntry&)>& take) {
  const auto page_of = [this, &range](const Page& page) -> Result<std::vector<AccountEntry>> {
    RESTANTE_TRY(Statement query, database_.prepare(select_entries(page_rest("name", range))));
    bind_page(query, range, page);
    std::vector<AccountEntry> entries;
    for (;;) {
      RESTANTE_TRY(const bool row, query.step());
      if (!row) return entries;
      entries.push_back(entry_from(query));
    }
  };
  const auto name_of = [](const AccountEntry& entry) { return entry.name; };
  return give_pages<AccountEntry>(range, page_of, name_of, take);
}

Result<AccountEntry> SqliteAdmin::show(std::string_view name) {
  RESTANTE_TRY(const std::string canonical, own_name(name));
  RESTANTE_TRY(Statement query, database_.prepare(select_entries("WHERE name = ?1")));
  query.bind(1, canonical);
  RESTANTE_TRY(const bool row, query.step());
  if (!row) return no_account(canonical);
  return entry_from(query);
}

Status SqliteAdmin::add_alias(std::string_view address, const std::vector<std::string>& targets) {
  RESTANTE_TRY(const std::string canonical, canonical_alias(address, rules_));
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_TRY(Aliases aliases, this->aliases());
  RESTANTE_CHECKED(aliases.refuse_taken(canonical));
  RESTANTE_TRY(const auto checked, aliases.check_targets(canonical, targets));
  RESTANTE_CHECKED(aliases.insert(canonical, checked));
  return transaction->commit();
}

Result<AliasEntry> SqliteAdmin::change_alias(std::string_view address, const TargetChange& change) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_TRY(Aliases aliases, this->aliases());
  RESTANTE_TRY(AliasEntry entry, change_targets(aliases, address, change));
  RESTANTE_CHECKED(transaction->commit());
  return entry;
}

Result<std::string> SqliteAdmin::remove_alias(std::string_view address) {
  RESTANTE_TRY(const auto transaction, database_.begin());
  RESTANTE_TRY(Aliases aliases, this->aliases());
  RESTANTE_TRY(std::string own, aliases.own_address(address));
  RESTANTE_CHECKED(aliases.remove(own));
  RESTANTE_CHECKED(aliases.refuse_while_target(own));
  RESTANTE_CHECKED(transaction->commit());
  return own;
}

Status SqliteAdmin::list_each_alias(const ListRange& range,
                                    const std::function<bool(const AliasEntry&)>& take) {
  const auto page_of = [this, &range](const Page& page) -> Result<std::vector<AliasEntry>> {
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT address, target FROM (SELECT id, address FROM alias " +
                                   page_rest("address", range) +
                                   ") LEFT JOIN alias_target ON alias_id = id "
                                   "ORDER BY address, place"));
    bind_page(query, range, page);
    std::vector<AliasEntry> entries;
    for (;;) {
      RESTANTE_TRY(const bool row, query.step());
      if (!row) return entries;
      if (entries.empty() || entries.back().address != query.text(0))
        entries.push_back(AliasEntry{std::string(query.text(0)), {}});
      if (!query.is_null(1)) entries.back().targets.emplace_back(query.text(1));
    }
  };
  const auto name_of = [](const AliasEntry& entry) { return entry.address; };
  return give_pages<AliasEntry>(range, page_of, name_of, take);
}

}  // namespace

Result<std::unique_ptr<AccountAdmin>> open_admin(const std::filesystem::path& path, NameRules rules,
                                                 const Clock& clock) {
  RESTANTE_TRY(Database database, open_accounts(path, kAdminPatience));
  return std::unique_ptr<AccountAdmin>(
      std::make_unique<SqliteAdmin>(std::move(database), std::move(rules), clock));
}

}  // namespace restante::accounts::sqlite
