#include "accounts/own/admin.h"

#include "accounts/login/login_name.h"
#include "accounts/own/bulk.h"
#include "accounts/own/overlay.h"
#include "accounts/own/settings_admin.h"
#include "accounts/passwords/password.h"

namespace restante::accounts::own {
namespace {

AccountEntry entry_of(const Account& account) {
  AccountEntry entry;
  entry.name = account.shown_name();
  entry.maildrop = account.name;
  entry.scheme = account.secret.empty() ? "" : scheme_of(account.secret);
  copy_values(account, entry);
  entry.route = account.route;
  entry.is_operator = account.is_operator;
  return entry;
}

/// The same with its settings here, for an entry that its back end gave.
void lay_over_entry(const AccountSettings& settings, AccountEntry& entry) {
  Account account;
  copy_values(entry, account);
  lay_over(&settings, account);
  copy_values(account, entry);
  entry.route = account.route;
  entry.is_operator = account.is_operator;
}

/// Changes by the write side that they belong to, each in its order.
struct Divided {
  std::vector<AccountChange> theirs;
  std::vector<AccountChange> ours;
  std::vector<bool> is_ours;
};

class OwnAdmin : public SettingsAdmin {
 public:
  OwnAdmin(Parts parts, const Clock& clock) : SettingsAdmin(clock), parts_(std::move(parts)) {}

  Result<std::string> add(std::string_view name, std::string_view secret) override {
    return parts_.back_end->add(name, secret);
  }
  Result<BulkOutcome> change_all(const std::vector<AccountChange>& changes,
                                 const BulkRules& rules) override;
  Result<Renamed> rename(std::string_view from, std::string_view to, OldName old_name) override {
    return told(from, parts_.back_end->rename(from, to, old_name));
  }
  Result<std::string> add_newcomer(const Newcomer& newcomer) override {
    return parts_.back_end->add_newcomer(newcomer);
  }
  Result<bool> was_here(std::string_view name) override { return parts_.back_end->was_here(name); }
  Status remember(std::string_view name) override { return parts_.back_end->remember(name); }
  Status remove(std::string_view name) override {
    return told(name, parts_.back_end->remove(name));
  }
  Result<RemovedAliases> remove_with_aliases(std::string_view name) override {
    return told(name, parts_.back_end->remove_with_aliases(name));
  }
  Result<std::string> secret_of(std::string_view name) override {
    return told(name, parts_.back_end->secret_of(name));
  }
  Status set_secret(std::string_view name, std::string_view secret) override {
    return told(name, parts_.back_end->set_secret(name, secret));
  }

  Result<std::vector<DeviceEntry>> list_devices(std::string_view name) override {
    RESTANTE_TRY(const Account account, find(name));
    return parts_.settings->devices(account.name);
  }
  Status list_each_account_with_devices(
      const ListRange& range, const std::function<bool(const AccountDevices&)>& take) override;
  Result<std::vector<Copy>> list_copies(std::string_view name) override {
    RESTANTE_TRY(const Account account, find(name));
    return parts_.settings->copies(account.name);
  }

  Status list_each(const ListRange& range,
                   const std::function<bool(const AccountEntry&)>& take) override;
  Result<AccountEntry> show(std::string_view name) override;
  Status list_orphans(const ListRange& range,
                      const std::function<bool(const std::string&)>& take) override;
  Status forget_settings(std::string_view name) override;

  Status add_alias(std::string_view address, const std::vector<std::string>& targets) override {
    return parts_.back_end->add_alias(address, targets);
  }
  Result<AliasEntry> change_alias(std::string_view address, const TargetChange& change) override {
    return parts_.back_end->change_alias(address, change);
  }
  Result<BulkOutcome> change_all_aliases(const std::vector<AliasChange>& changes,
                                         const BulkRules& rules) override {
    return parts_.back_end->change_all_aliases(changes, rules);
  }
  Result<std::string> remove_alias(std::string_view address) override {
    return parts_.back_end->remove_alias(address);
  }
  Status list_each_alias(const ListRange& range,
                         const std::function<bool(const AliasEntry&)>& take) override {
    return parts_.back_end->list_each_alias(range, take);
  }

 private:
  /// As its back end knows it, with its settings here. Errors: kNotFound, kTimeout (a back end is
  /// down).
  Result<Account> find(std::string_view typed);
  /// Whether accounts.db has it, in this spelling or another.
  bool is_in_database(std::string_view name) {
    return parts_.is_database && parts_.back_end->show(name).has_value();
  }
  Status in_settings_of(std::string_view name, const Work& work) override;
  Result<BulkOutcome> change_ours(const std::vector<AccountChange>& changes,
                                  const BulkRules& rules) {
    const BulkParts parts{*parts_.directory, *parts_.settings, parts_.names, clock().now()};
    return own::change_settings(parts, changes, rules);
  }
  Result<BulkOutcome> change_both(const Divided& divided, const BulkRules& rules);

  /// The back end's answer is right, unless it does not know an account that another one has.
  template <typename Answer>
  Answer told(std::string_view name, Answer answer) {
    if (answer || answer.error().code != Errc::kNotFound) return answer;
    const auto account = find(name);
    if (!account) return answer;
    return Error(Errc::kState, "the account is managed elsewhere (" +
                                   parts_.directory->place_of(*account) +
                                   "): " + account->shown_name());
  }

  Parts parts_;
};

Result<Account> OwnAdmin::find(std::string_view typed) {
  RESTANTE_TRY(const std::string name, canonical_name(typed, parts_.names));
  auto account = find_any_spelling(*parts_.directory, name);
  if (!account && account.error().code == Errc::kNotFound)
    return Error(Errc::kNotFound, "no such account: " + name);
  if (!account) return worth_another_try(std::move(account).error());
  return account;
}

Status OwnAdmin::in_settings_of(std::string_view name, const Work& work) {
  // Outside the transaction: a back end that is slow to answer must not hold up other writers.
  RESTANTE_TRY(const Account account, find(name));
  return parts_.settings->in_one([&]() -> Status {
    return work(*parts_.settings, SettingsOwner{account.shown_name(), account.name});
  });
}

Status OwnAdmin::list_each_account_with_devices(
    const ListRange& range, const std::function<bool(const AccountDevices&)>& take) {
  Status listed = ok();
  const auto look = [&](const std::string& name) {
    auto devices = parts_.settings->devices(name);
    if (!devices) {
      listed = std::move(devices).error();
      return false;
    }
    if (devices->empty()) return true;
    return take({name, *std::move(devices)});
  };
  // Back ends are not asked about each name: there may be thousands.
  const auto nobody = [](const std::string&) -> Result<bool> { return false; };
  RESTANTE_CHECKED(each_orphan(*parts_.settings, range, look, nobody));
  return listed;
}

/// Changes that have a secret, or whose account is in accounts.db, belong to that database's own
/// write side.
Result<BulkOutcome> OwnAdmin::change_all(const std::vector<AccountChange>& changes,
                                         const BulkRules& rules) {
  Divided divided;
  for (const AccountChange& change : changes) {
    const bool is_ours = !change.secret && !is_in_database(change.name);
    divided.is_ours.push_back(is_ours);
    (is_ours ? divided.ours : divided.theirs).push_back(change);
  }
  if (divided.ours.empty()) return parts_.back_end->change_all(divided.theirs, rules);
  if (divided.theirs.empty()) return change_ours(divided.ours, rules);
  BulkRules look = rules;
  look.only_look = true;
  RESTANTE_TRY(const BulkOutcome seen, change_both(divided, look));
  const bool refused = seen.count(RowVerdict::kRefused) > 0 && !rules.skip_refused;
  if (rules.only_look || refused) return seen;
  return change_both(divided, rules);
}

/// Two transactions: a crash between them leaves the first part done, which the same file
/// completes.
Result<BulkOutcome> OwnAdmin::change_both(const Divided& divided, const BulkRules& rules) {
  RESTANTE_TRY(BulkOutcome theirs, parts_.back_end->change_all(divided.theirs, rules));
  RESTANTE_TRY(BulkOutcome ours, change_ours(divided.ours, rules));
  BulkOutcome all;
  all.done = theirs.done && ours.done;
  auto their_row = theirs.rows.begin();
  auto our_row = ours.rows.begin();
  for (const bool is_ours : divided.is_ours)
    all.rows.push_back(std::move(is_ours ? *our_row++ : *their_row++));
  return all;
}

Status OwnAdmin::list_each(const ListRange& range,
                           const std::function<bool(const AccountEntry&)>& take) {
  if (parts_.is_database) return parts_.back_end->list_each(range, take);
  Status read = ok();
  const auto complete = [&](const AccountEntry& entry) {
    auto settings = parts_.settings->read(entry.maildrop);
    if (!settings) {
      read = std::move(settings).error();
      return false;
    }
    if (is_fresh(*settings)) return take(entry);
    AccountEntry completed = entry;
    lay_over_entry(*settings, completed);
    return take(completed);
  };
  RESTANTE_CHECKED(parts_.back_end->list_each(range, complete));
  return read;
}

Result<AccountEntry> OwnAdmin::show(std::string_view name) {
  RESTANTE_TRY(const Account account, find(name));
  const auto known = parts_.back_end->show(account.shown_name());
  const bool same = known && known->maildrop == account.name;
  if (same && parts_.is_database) return *known;
  AccountEntry entry = entry_of(account);
  entry.place = parts_.directory->place_of(account);
  RESTANTE_TRY(AccountSettings settings, parts_.settings->read(account.name));
  if (!is_fresh(settings)) entry.own = std::make_shared<const AccountSettings>(std::move(settings));
  return entry;
}

Status OwnAdmin::list_orphans(const ListRange& range,
                              const std::function<bool(const std::string&)>& take) {
  return each_orphan(*parts_.settings, range, take,
                     [this](const std::string& name) -> Result<bool> {
                       const auto owner = parts_.directory->find_owner(name);
                       if (owner) return true;
                       if (owner.error().code == Errc::kNotFound) return false;
                       return worth_another_try(owner.error());
                     });
}

Status OwnAdmin::forget_settings(std::string_view typed) {
  RESTANTE_TRY(const std::string name, canonical_name(typed, parts_.names));
  const auto owner = parts_.directory->find_owner(name);
  if (owner)
    return Error(Errc::kExists, "there is an account of this name: " + owner->shown_name());
  if (owner.error().code != Errc::kNotFound) return worth_another_try(owner.error());
  return parts_.settings->in_one([&]() -> Status {
    RESTANTE_TRY(const bool was_there, parts_.settings->forget(name));
    return was_there ? ok() : Status(nothing_is_set(name));
  });
}

}  // namespace

std::unique_ptr<AccountAdmin> make_admin(Parts parts, const Clock& clock) {
  return std::make_unique<OwnAdmin>(std::move(parts), clock);
}

}  // namespace restante::accounts::own
