#include "accounts/own/bulk.h"

#include "accounts/login/login_name.h"
#include "accounts/own/changes.h"

namespace restante::accounts::own {
namespace {

class SettingsBulk {
 public:
  SettingsBulk(const BulkParts& parts, const BulkRules& rules) : parts_(parts), rules_(rules) {}

  /// Before the transaction: others would wait for it as long as a back end takes.
  Status look_up(const AccountChange& change);
  Status write(const std::vector<AccountChange>& changes);
  [[nodiscard]] bool is_turned_back() const { return turned_back_; }
  BulkOutcome take() { return std::move(outcome_); }

 private:
  Status look_up(const AccountChange& change, BulkRow& row);
  Status change(const AccountChange& change, const SettingsOwner& owner, BulkRow& row);

  const BulkParts& parts_;
  const BulkRules& rules_;
  BulkOutcome outcome_;
  std::vector<SettingsOwner> owners_;
  bool turned_back_ = false;
};

Status SettingsBulk::look_up(const AccountChange& change) {
  owners_.emplace_back();
  BulkRow& row = outcome_.rows.emplace_back();
  row.name = change.name;
  Status found = look_up(change, row);
  return found ? ok() : note_refusal(std::move(found).error(), row);
}

Status SettingsBulk::look_up(const AccountChange& change, BulkRow& row) {
  RESTANTE_TRY(std::string name, canonical_name(change.name, parts_.names));
  row.name = std::move(name);
  auto account = find_any_spelling(parts_.directory, row.name);
  if (!account && account.error().code == Errc::kNotFound)
    return Error(Errc::kNotFound, "no such account: " + row.name);
  if (!account) return worth_another_try(std::move(account).error());
  if (!rules_.update)
    return Error(Errc::kExists, "an account or an alias has this name already: " + row.name);
  row.name = account->shown_name();
  owners_.back() = {row.name, account->name};
  return ok();
}

Status SettingsBulk::change(const AccountChange& change, const SettingsOwner& owner, BulkRow& row) {
  RESTANTE_TRY(const AccountSettings before, parts_.settings.read(owner.name));
  AccountSettings after = before;
  apply_change(change, after);
  if (change.route) RESTANTE_CHECKED(check_route(parts_.settings, owner, after.route.get()));
  if (!same_settings(before, after)) {
    row.verdict = RowVerdict::kChanged;
    RESTANTE_CHECKED(parts_.settings.write(owner.name, after));
  }
  return change_devices(parts_.settings, owner, change, parts_.now, row);
}

Status SettingsBulk::write(const std::vector<AccountChange>& changes) {
  for (std::size_t i = 0; i < changes.size(); ++i) {
    BulkRow& row = outcome_.rows[i];
    if (row.verdict != RowVerdict::kRefused) {
      Status done = parts_.settings.in_part([&] { return change(changes[i], owners_[i], row); });
      if (!done) RESTANTE_CHECKED(note_refusal(std::move(done).error(), row));
    }
    if (rules_.progress) rules_.progress(i + 1);
  }
  const bool refused = outcome_.count(RowVerdict::kRefused) > 0 && !rules_.skip_refused;
  turned_back_ = rules_.only_look || refused;
  outcome_.done = !turned_back_;
  // An error makes the store take all of it back.
  return turned_back_ ? Status(Error(Errc::kClosed, "nothing is to be written")) : ok();
}

}  // namespace

Result<BulkOutcome> change_settings(const BulkParts& parts,
                                    const std::vector<AccountChange>& changes,
                                    const BulkRules& rules) {
  SettingsBulk bulk(parts, rules);
  for (const AccountChange& change : changes) RESTANTE_CHECKED(bulk.look_up(change));
  const Status done = parts.settings.in_one([&] { return bulk.write(changes); });
  if (!done && !bulk.is_turned_back()) return done.error();
  return bulk.take();
}

}  // namespace restante::accounts::own
