#include "accounts/sqlite/bulk_aliases.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "accounts/names/spelling.h"
#include "accounts/own/changes.h"
#include "accounts/sqlite/aliases.h"
#include "accounts/sqlite/bulk_accounts.h"

namespace restante::accounts::sqlite {
namespace {

/// One alias before it is written.
struct Planned {
  std::vector<std::string> targets;         ///< As they are spelt where they are, or will be.
  std::vector<std::size_t> needs;           ///< Planned ones that are not there yet.
  std::vector<std::string> targets_before;  ///< Of one that is there.
  bool leads_to_alias = false;
};

bool same_targets(std::vector<std::string> a, std::vector<std::string> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

class BulkAliases {
 public:
  BulkAliases(Aliases aliases, const NameRules& names, const std::vector<AliasChange>& changes,
              const BulkRules& rules)
      : aliases_(std::move(aliases)),
        names_(names),
        changes_(changes),
        rules_(rules),
        planned_(changes.size()) {
    outcome_.rows.resize(changes.size());
  }

  Result<BulkOutcome> run();

 private:
  Status plan(std::size_t place);
  Status plan_address(std::size_t place);
  Status plan_targets(std::size_t place);
  Status plan_target(std::size_t place, const std::string& typed);
  void refuse_what_needs_refused();
  Result<bool> is_circle(std::size_t place);
  Status write(std::size_t place);
  /// Runs a step of one alias: what refuses it is noted, and is not the end of the others.
  Status step(std::size_t place, Status done) {
    return done ? ok() : own::note_refusal(std::move(done).error(), outcome_.rows[place]);
  }
  [[nodiscard]] bool is_refused(std::size_t place) const {
    return outcome_.rows[place].verdict == RowVerdict::kRefused;
  }
  [[nodiscard]] std::string key_of(std::string_view name) const {
    return spelling_key(name, names_.fold_local_part);
  }

  Aliases aliases_;
  const NameRules& names_;
  const std::vector<AliasChange>& changes_;
  const BulkRules& rules_;
  std::vector<Planned> planned_;
  std::unordered_map<std::string, std::size_t> by_key_;      ///< All of them.
  std::unordered_map<std::string, std::size_t> by_address_;  ///< By their own spelling.
  BulkOutcome outcome_;
};

Status BulkAliases::plan_address(std::size_t place) {
  BulkRow& row = outcome_.rows[place];
  row.name = changes_[place].address;
  RESTANTE_TRY(std::string address, canonical_alias(row.name, names_));
  row.name = std::move(address);
  if (!by_key_.emplace(key_of(row.name), place).second)
    return Error(Errc::kSyntax, "a second time: " + row.name);
  RESTANTE_TRY(const auto holder, aliases_.holder_of(row.name));
  if (holder && (holder->is_account || !rules_.update)) return name_is_taken(row.name, *holder);
  if (!holder && !rules_.add) return Error(Errc::kNotFound, "no such alias: " + row.name);
  row.verdict = holder ? RowVerdict::kSame : RowVerdict::kAdded;
  if (holder) {
    row.name = holder->name;
    RESTANTE_TRY(auto before, aliases_.targets_of(row.name));
    planned_[place].targets_before = std::move(before);
  }
  by_address_.emplace(row.name, place);
  return ok();
}

Status BulkAliases::plan_target(std::size_t place, const std::string& typed) {
  const std::string& address = outcome_.rows[place].name;
  Planned& planned = planned_[place];
  RESTANTE_TRY(auto holder, aliases_.find_target(address, typed));
  if (!holder) {
    RESTANTE_TRY(const std::string canonical, canonical_name(typed, names_));
    const auto other = by_key_.find(key_of(canonical));
    if (other == by_key_.end())
      return Error(Errc::kNotFound, address + ": no such account or alias: " + canonical);
    holder = NameHolder{outcome_.rows[other->second].name, false};
    planned.needs.push_back(other->second);
  }
  planned.leads_to_alias = planned.leads_to_alias || !holder->is_account;
  auto& targets = planned.targets;
  if (std::find(targets.begin(), targets.end(), holder->name) == targets.end())
    targets.push_back(std::move(holder->name));
  return ok();
}

Status BulkAliases::plan_targets(std::size_t place) {
  for (const std::string& target : changes_[place].targets)
    if (Status planned = plan_target(place, target); !planned) return planned;
  if (planned_[place].targets.empty())
    return Error(Errc::kSyntax, outcome_.rows[place].name + ": an alias needs a target");
  return ok();
}

/// Until none is left: a refused alias may be a target of another one.
void BulkAliases::refuse_what_needs_refused() {
  std::vector<std::vector<std::size_t>> needed_by(planned_.size());
  std::vector<std::size_t> refused;
  for (std::size_t place = 0; place < planned_.size(); ++place) {
    for (const std::size_t needed : planned_[place].needs) needed_by[needed].push_back(place);
    if (is_refused(place)) refused.push_back(place);
  }
  while (!refused.empty()) {
    const std::size_t gone = refused.back();
    refused.pop_back();
    for (const std::size_t place : needed_by[gone]) {
      if (is_refused(place)) continue;
      BulkRow& row = outcome_.rows[place];
      row.verdict = RowVerdict::kRefused;
      row.code = Errc::kNotFound;
      row.why = row.name + ": leads to an alias that is refused: " + outcome_.rows[gone].name;
      refused.push_back(place);
    }
  }
}

/// Whether mail would come back to it, by the stored and the planned aliases.
Result<bool> BulkAliases::is_circle(std::size_t place) {
  if (!planned_[place].leads_to_alias) return false;
  std::unordered_set<std::string> seen;
  std::vector<std::string> left = planned_[place].targets;
  while (!left.empty()) {
    std::string name = std::move(left.back());
    left.pop_back();
    if (name == outcome_.rows[place].name) return true;
    if (!seen.insert(name).second) continue;
    const auto other = by_address_.find(name);
    if (other != by_address_.end() && !is_refused(other->second)) {
      const auto& more = planned_[other->second].targets;
      left.insert(left.end(), more.begin(), more.end());
      continue;
    }
    RESTANTE_TRY(const auto more, aliases_.targets_of(name));
    left.insert(left.end(), more.begin(), more.end());
  }
  return false;
}

Status BulkAliases::write(std::size_t place) {
  BulkRow& row = outcome_.rows[place];
  const Planned& planned = planned_[place];
  if (row.verdict == RowVerdict::kAdded) return aliases_.insert(row.name, planned.targets);
  if (same_targets(planned.targets, planned.targets_before)) return ok();
  row.verdict = RowVerdict::kChanged;
  return aliases_.replace_targets(row.name, planned.targets);
}

Result<BulkOutcome> BulkAliases::run() {
  const std::size_t count = changes_.size();
  // All addresses first: an alias may lead to one that stands later in the file.
  for (std::size_t place = 0; place < count; ++place)
    RESTANTE_CHECKED(step(place, plan_address(place)));
  for (std::size_t place = 0; place < count; ++place) {
    if (!is_refused(place)) RESTANTE_CHECKED(step(place, plan_targets(place)));
  }
  for (std::size_t place = 0; place < count; ++place) {
    if (is_refused(place)) continue;
    RESTANTE_TRY(const bool circle, is_circle(place));
    const Error error(Errc::kSyntax, outcome_.rows[place].name + ": leads to itself in a circle");
    if (circle) RESTANTE_CHECKED(step(place, error));
  }
  refuse_what_needs_refused();
  for (std::size_t place = 0; place < count; ++place) {
    if (!is_refused(place)) RESTANTE_CHECKED(write(place));
    if (rules_.progress) rules_.progress(place + 1);
  }
  return std::move(outcome_);
}

}  // namespace

Result<BulkOutcome> change_aliases(Database& database, const NameRules& names, const Clock& clock,
                                   const std::vector<AliasChange>& changes,
                                   const BulkRules& rules) {
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_TRY(auto aliases, Aliases::prepare(database, names, clock));
  BulkAliases bulk(std::move(aliases), names, changes, rules);
  RESTANTE_TRY(BulkOutcome outcome, bulk.run());
  RESTANTE_CHECKED(settle(*transaction, rules, outcome));
  return outcome;
}

}  // namespace restante::accounts::sqlite
