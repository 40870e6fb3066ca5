#include "accounts/sqlite/bulk_accounts.h"

#include "accounts/own/changes.h"
#include "accounts/passwords/password.h"
#include "accounts/sqlite/name_holders.h"
#include "accounts/sqlite/settings_columns.h"
#include "accounts/sqlite/settings_table.h"
#include "accounts/sqlite/spellings.h"

namespace restante::accounts::sqlite {
namespace {

/// A row, as it was and as the change wants it.
struct Row {
  std::int64_t id = 0;
  own::SettingsOwner owner;
  std::string secret;
  AccountSettings settings;
};

class BulkAccounts {
 public:
  BulkAccounts(Database& database, const NameRules& names, const Clock& clock)
      : database_(database), names_(names), now_(clock.now().time_since_epoch().count()) {}

  Status prepare();
  /// Errors: what is the end of all; a refusal is in the row.
  Result<BulkRow> change(const AccountChange& change, const BulkRules& rules);

 private:
  Status change_row(const AccountChange& change, const BulkRules& rules, BulkRow& out);
  Result<Row> read(std::string_view name);
  Status insert(const AccountChange& change, BulkRow& out, Row& row);
  Status set_secret(const Row& after);
  /// Whether anything was written.
  Result<bool> update(const Row& before, const Row& after);
  Status refuse_lost_maildrop(std::string_view name);

  Database& database_;
  const NameRules& names_;
  const std::int64_t now_;
  NameHolders holders_;
  std::unique_ptr<SettingsTable> settings_;
  Statement read_;
  Statement insert_;
  Statement update_;
  Statement renamed_;
};

Status BulkAccounts::prepare() {
  RESTANTE_TRY(auto holders, NameHolders::prepare(database_, names_.fold_local_part));
  holders_ = std::move(holders);
  RESTANTE_TRY(auto settings, SettingsTable::prepare(database_));
  settings_ = std::move(settings);
  RESTANTE_CHECKED(database_.prepare(
      "SELECT id, name, ifnull(maildrop, name), secret, " + std::string(kSettingsColumns) +
          " FROM account LEFT JOIN settings ON settings.account = ifnull(maildrop, name) "
          "WHERE name = ?1",
      read_));
  RESTANTE_CHECKED(database_.prepare(
      "INSERT INTO account (name, domain, secret, created, secret_changed, name_key, domain_key) "
      "VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)",
      insert_));
  RESTANTE_CHECKED(database_.prepare(
      "UPDATE account SET secret = ?2, secret_changed = ?3 WHERE id = ?1", update_));
  return database_.prepare("SELECT name FROM account WHERE maildrop = ?1", renamed_);
}

Result<Row> BulkAccounts::read(std::string_view name) {
  const ResetAtEnd reset(read_);
  read_.bind(1, name);
  RESTANTE_TRY(const bool found, read_.step());
  if (!found) return Error(Errc::kNotFound, "no such account: " + std::string(name));
  Row row;
  row.id = read_.number(0);
  row.owner = {std::string(read_.text(1)), std::string(read_.text(2))};
  row.secret = read_.text(3);
  row.settings = read_settings(read_, 4);
  return row;
}

/// A maildrop of this name may belong to an account that was renamed since.
Status BulkAccounts::refuse_lost_maildrop(std::string_view name) {
  const ResetAtEnd reset(renamed_);
  renamed_.bind(1, name);
  RESTANTE_TRY(const bool found, renamed_.step());
  if (!found) return ok();
  return Error(Errc::kExists, "the maildrop of " + std::string(name) + " is in use by " +
                                  std::string(renamed_.text(0)) + ", which had this name");
}

Status BulkAccounts::insert(const AccountChange& change, BulkRow& out, Row& row) {
  RESTANTE_CHECKED(refuse_lost_maildrop(out.name));
  if (!change.secret)
    return Error(Errc::kSyntax, out.name + ": there is no such account, and no hash for a new one");
  row.owner = {out.name, out.name};
  row.secret = *change.secret;
  // The settings come first, since they may be refused. Another back end may have had an account of
  // this name: its settings hold.
  RESTANTE_TRY(const AccountSettings before, settings_->read(out.name));
  row.settings = before;
  own::apply_change(change, row.settings);
  if (change.route)
    RESTANTE_CHECKED(own::check_route(*settings_, row.owner, row.settings.route.get()));
  if (!own::same_settings(before, row.settings))
    RESTANTE_CHECKED(settings_->write(out.name, row.settings));
  const ResetAtEnd reset(insert_);
  insert_.bind(1, out.name);
  insert_.bind(2, domain_of(out.name));
  insert_.bind(3, row.secret);
  insert_.bind(4, now_);
  bind_keys(insert_, 5, out.name);
  RESTANTE_CHECKED(insert_.step());
  return ok();
}

Status BulkAccounts::set_secret(const Row& after) {
  const ResetAtEnd reset(update_);
  update_.bind(1, after.id);
  update_.bind(2, after.secret);
  update_.bind(3, now_);
  RESTANTE_CHECKED(update_.step());
  return ok();
}

Result<bool> BulkAccounts::update(const Row& before, const Row& after) {
  const bool other_secret = before.secret != after.secret;
  const bool other_settings = !own::same_settings(before.settings, after.settings);
  if (other_settings) RESTANTE_CHECKED(settings_->write(after.owner.name, after.settings));
  if (other_secret) RESTANTE_CHECKED(set_secret(after));
  return other_secret || other_settings;
}

Status BulkAccounts::change_row(const AccountChange& change, const BulkRules& rules, BulkRow& out) {
  RESTANTE_TRY(std::string name, canonical_name(change.name, names_));
  out.name = std::move(name);
  if (change.secret)
    if (const Status known = check_secret(*change.secret); !known)
      return Error(known.error().code, out.name + ": " + known.error().detail);
  RESTANTE_TRY(const auto holder, holders_.find(out.name));
  if (holder && !(holder->is_account && rules.update)) return name_is_taken(out.name, *holder);
  if (!holder && !rules.add) return Error(Errc::kNotFound, "no such account: " + out.name);
  Row after;
  if (!holder) {
    out.verdict = RowVerdict::kAdded;
    RESTANTE_CHECKED(insert(change, out, after));
  } else {
    out.name = holder->name;
    // Compared later, so that a row which changes nothing writes nothing.
    RESTANTE_TRY(const Row before, read(holder->name));
    after = before;
    if (change.secret) after.secret = *change.secret;
    own::apply_change(change, after.settings);
    if (change.route)
      RESTANTE_CHECKED(own::check_route(*settings_, after.owner, after.settings.route.get()));
    RESTANTE_TRY(const bool changed, update(before, after));
    if (changed) out.verdict = RowVerdict::kChanged;
  }
  return own::change_devices(*settings_, after.owner, change,
                             WallTime(std::chrono::milliseconds(now_)), out);
}

Result<BulkRow> BulkAccounts::change(const AccountChange& change, const BulkRules& rules) {
  BulkRow out;
  out.name = change.name;
  // Only devices can be refused after something was written.
  const bool may_turn_back = !change.new_devices.empty();
  const auto work = [&] { return change_row(change, rules, out); };
  Status done = may_turn_back ? settings_->in_part(work) : work();
  if (!done) RESTANTE_CHECKED(own::note_refusal(std::move(done).error(), out));
  return out;
}

}  // namespace

Status settle(Transaction& transaction, const BulkRules& rules, BulkOutcome& outcome) {
  const bool refused = outcome.count(RowVerdict::kRefused) > 0 && !rules.skip_refused;
  if (rules.only_look || refused) return ok();
  RESTANTE_CHECKED(transaction.commit());
  outcome.done = true;
  return ok();
}

Result<BulkOutcome> change_accounts(Database& database, const NameRules& names, const Clock& clock,
                                    const std::vector<AccountChange>& changes,
                                    const BulkRules& rules) {
  RESTANTE_TRY(const auto transaction, database.begin());
  BulkAccounts accounts(database, names, clock);
  RESTANTE_CHECKED(accounts.prepare());
  BulkOutcome outcome;
  outcome.rows.reserve(changes.size());
  for (const AccountChange& change : changes) {
    RESTANTE_TRY(BulkRow row, accounts.change(change, rules));
    outcome.rows.push_back(std::move(row));
    if (rules.progress) rules.progress(outcome.rows.size());
  }
  RESTANTE_CHECKED(settle(*transaction, rules, outcome));
  return outcome;
}

}  // namespace restante::accounts::sqlite
