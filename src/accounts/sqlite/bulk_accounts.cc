#include "accounts/sqlite/bulk_accounts.h"

#include "accounts/passwords/password.h"
#include "accounts/sqlite/access_columns.h"
#include "accounts/sqlite/allowance_columns.h"
#include "accounts/sqlite/devices.h"
#include "accounts/sqlite/name_holders.h"
#include "accounts/sqlite/spellings.h"

namespace restante::accounts::sqlite {
namespace {

/// A row, as it is and as it is to be.
struct Row {
  DeviceOwner owner;
  std::string secret;
  Access access;
  Allowance allowance;
};

bool same_networks(const std::shared_ptr<const Networks>& a,
                   const std::shared_ptr<const Networks>& b) {
  return a == b || (a && b && *a == *b);
}

bool same(const Row& a, const Row& b) {
  return a.secret == b.secret && a.access.enabled == b.access.enabled &&
         a.access.no_login == b.access.no_login && a.access.fault == b.access.fault &&
         same_networks(a.access.networks, b.access.networks) && a.allowance == b.allowance;
}

void apply(const AccountChange& change, Row& row) {
  if (change.secret) row.secret = *change.secret;
  if (change.enabled) row.access.enabled = *change.enabled;
  if (change.no_login) row.access.no_login = *change.no_login;
  if (change.networks) {
    row.access.networks = *change.networks;
    row.access.fault.clear();
  }
  change.allowance.apply_to(row.allowance);
}

class BulkAccounts {
 public:
  BulkAccounts(Database& database, const NameRules& names, const Clock& clock)
      : database_(database), names_(names), now_(clock.now().time_since_epoch().count()) {}

  Status prepare();
  /// Errors: what is the end of all; a refusal is in the row.
  Result<BulkRow> change(const AccountChange& change, const BulkRules& rules);

 private:
  Status change_row(const AccountChange& change, const BulkRules& rules, BulkRow& out);
  Status change_devices(const AccountChange& change, const DeviceOwner& owner, BulkRow& out);
  Result<Row> read(std::string_view name);
  Status insert(const AccountChange& change, BulkRow& out, Row& row);
  Status update(const Row& before, const Row& after);
  Status refuse_lost_maildrop(std::string_view name);

  Database& database_;
  const NameRules& names_;
  const std::int64_t now_;
  NameHolders holders_;
  DeviceChanges devices_;
  Statement read_;
  Statement insert_;
  Statement update_;
  Statement renamed_;
};

Status BulkAccounts::prepare() {
  RESTANTE_TRY(auto holders, NameHolders::prepare(database_, names_.fold_local_part));
  holders_ = std::move(holders);
  RESTANTE_TRY(auto devices, DeviceChanges::prepare(database_));
  devices_ = std::move(devices);
  const std::string columns = std::string(kAccessColumns) + ", " + std::string(kAllowanceColumns);
  RESTANTE_CHECKED(database_.prepare("SELECT id, name, ifnull(maildrop, name), secret, " + columns +
                                         " FROM account WHERE name = ?1",
                                     read_));
  RESTANTE_CHECKED(database_.prepare(
      "INSERT INTO account (name, domain, secret, created, secret_changed, name_key, domain_key, " +
          columns + ") VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
      insert_));
  RESTANTE_CHECKED(
      database_.prepare("UPDATE account SET secret_changed = iif(secret = ?2, secret_changed, ?3), "
                        "secret = ?2, (" +
                            columns + ") = (?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) WHERE id = ?1",
                        update_));
  return database_.prepare("SELECT name FROM account WHERE maildrop = ?1", renamed_);
}

Result<Row> BulkAccounts::read(std::string_view name) {
  const ResetAtEnd reset(read_);
  read_.bind(1, name);
  RESTANTE_TRY(const bool found, read_.step());
  if (!found) return Error(Errc::kNotFound, "no such account: " + std::string(name));
  Row row;
  row.owner = {read_.number(0), std::string(read_.text(1)), std::string(read_.text(2))};
  row.secret = read_.text(3);
  row.access = read_access(read_, 4);
  row.allowance = read_allowance(read_, 4 + kAccessColumnCount);
  return row;
}

/// A maildrop of this name is in use, by an account that had the name once.
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
  apply(change, row);
  const ResetAtEnd reset(insert_);
  insert_.bind(1, out.name);
  insert_.bind(2, domain_of(out.name));
  insert_.bind(3, row.secret);
  insert_.bind(4, now_);
  bind_keys(insert_, 5, out.name);
  insert_.bind(7, std::int64_t{row.access.enabled});
  insert_.bind(8, std::int64_t{row.access.no_login});
  bind_networks(insert_, 9, row.access.networks);
  RESTANTE_CHECKED(bind_allowance(insert_, 10, row.allowance));
  RESTANTE_CHECKED(insert_.step());
  row.owner = {database_.last_row(), out.name, out.name};
  return ok();
}

Status BulkAccounts::update(const Row& before, const Row& after) {
  const ResetAtEnd reset(update_);
  update_.bind(1, before.owner.id);
  update_.bind(2, after.secret);
  update_.bind(3, now_);
  update_.bind(4, std::int64_t{after.access.enabled});
  update_.bind(5, std::int64_t{after.access.no_login});
  bind_networks(update_, 6, after.access.networks);
  RESTANTE_CHECKED(bind_allowance(update_, 7, after.allowance));
  RESTANTE_CHECKED(update_.step());
  return ok();
}

/// One that is there already keeps its password: a file that is read every night makes it once.
Status BulkAccounts::change_devices(const AccountChange& change, const DeviceOwner& owner,
                                    BulkRow& out) {
  bool changed = false;
  for (const std::string& label : change.lost_devices) {
    RESTANTE_TRY(const bool was_there, devices_.remove(owner, label));
    changed = changed || was_there;
  }
  for (const std::string& label : change.new_devices) {
    RESTANTE_TRY(const bool is_there, devices_.has(owner, label));
    if (is_there) continue;
    RESTANTE_TRY(std::string password,
                 devices_.add(owner, label, WallTime(std::chrono::milliseconds(now_))));
    out.devices.push_back({label, std::move(password)});
    changed = true;
  }
  if (changed && out.verdict == Verdict::kSame) out.verdict = Verdict::kChanged;
  return ok();
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
    out.verdict = Verdict::kAdded;
    RESTANTE_CHECKED(insert(change, out, after));
  } else {
    out.name = holder->name;
    RESTANTE_TRY(const Row before, read(holder->name));
    after = before;
    apply(change, after);
    if (!same(before, after)) {
      out.verdict = Verdict::kChanged;
      RESTANTE_CHECKED(update(before, after));
    }
  }
  return change_devices(change, after.owner, out);
}

Result<BulkRow> BulkAccounts::change(const AccountChange& change, const BulkRules& rules) {
  BulkRow out;
  out.name = change.name;
  // Only devices can be refused after something was written.
  const bool may_turn_back = !change.new_devices.empty();
  if (may_turn_back) RESTANTE_CHECKED(database_.run("SAVEPOINT one"));
  Status done = change_row(change, rules, out);
  if (may_turn_back && !done) RESTANTE_CHECKED(database_.run("ROLLBACK TO one"));
  if (may_turn_back) RESTANTE_CHECKED(database_.run("RELEASE one"));
  if (!done) RESTANTE_CHECKED(note_refusal(std::move(done).error(), out));
  return out;
}

}  // namespace

Status note_refusal(Error error, BulkRow& row) {
  switch (error.code) {
    case Errc::kNotFound:
    case Errc::kExists:
    case Errc::kLimit:
    case Errc::kSyntax: break;
    case Errc::kAuth:
    case Errc::kBusy:
    case Errc::kCorrupt:
    case Errc::kIo:
    case Errc::kFull:
    case Errc::kState:
    case Errc::kTimeout:
    case Errc::kClosed: return error;
  }
  row.verdict = Verdict::kRefused;
  row.code = error.code;
  row.why = std::move(error.detail);
  row.devices.clear();
  return ok();
}

Status settle(Transaction& transaction, const BulkRules& rules, BulkOutcome& outcome) {
  const bool refused = outcome.count(Verdict::kRefused) > 0 && !rules.skip_refused;
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
