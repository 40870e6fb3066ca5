#include "accounts/sqlite/aliases.h"

#include <algorithm>

#include "accounts/sqlite/spellings.h"

namespace restante::accounts::sqlite {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// UNION and not UNION ALL: a name that was seen is not followed again, so that a circle ends.
constexpr std::string_view kLeadsTo = R"sql(
WITH RECURSIVE place (name) AS (
  SELECT ?1
  UNION SELECT target FROM place JOIN alias ON address = name JOIN alias_target ON alias_id = id)
SELECT EXISTS (SELECT 1 FROM place WHERE name = ?2)
)sql";

}  // namespace

Result<Aliases> Aliases::prepare(Database& database, const NameRules& names, const Clock& clock) {
  Aliases made;
  made.names_ = &names;
  made.clock_ = &clock;
  RESTANTE_TRY(auto holders, NameHolders::prepare(database, names.fold_local_part));
  made.holders_ = std::move(holders);
  RESTANTE_CHECKED(database.prepare(kAliasesByKey, made.by_key_));
  RESTANTE_CHECKED(
      database.prepare("SELECT target FROM alias JOIN alias_target ON alias_id = id "
                       "WHERE address = ?1 ORDER BY place",
                       made.targets_));
  RESTANTE_CHECKED(
      database.prepare("INSERT INTO alias (address, domain, created, name_key, "
                       "domain_key) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
                       made.insert_));
  RESTANTE_CHECKED(
      database.prepare("INSERT INTO alias_target (alias_id, place, target) VALUES (?1, ?2, ?3)",
                       made.insert_target_));
  RESTANTE_CHECKED(database.prepare(
      "DELETE FROM alias_target WHERE alias_id = (SELECT id FROM alias WHERE address = ?1) "
      "RETURNING alias_id",
      made.remove_targets_));
  RESTANTE_CHECKED(
      database.prepare("DELETE FROM alias WHERE address = ?1 RETURNING 1", made.remove_));
  RESTANTE_CHECKED(database.prepare(kLeadsTo, made.leads_to_));
  RESTANTE_CHECKED(
      database.prepare("SELECT address FROM alias_target JOIN alias ON alias_id = id "
                       "WHERE target = ?1 ORDER BY address LIMIT 1",
                       made.leading_));
  return made;
}

Result<std::optional<NameHolder>> Aliases::find_target(std::string_view address,
                                                       std::string_view target) {
  RESTANTE_TRY(const std::string canonical, canonical_name(target, *names_));
  const bool fold = names_->fold_local_part;
  if (spelling_key(canonical, fold) == spelling_key(address, fold))
    return Error(Errc::kSyntax, "an alias cannot lead to itself");
  return holders_.find(canonical);
}

Result<std::vector<std::string>> Aliases::check_targets(std::string_view address,
                                                        const std::vector<std::string>& targets) {
  std::vector<std::string> checked;
  for (const std::string& target : targets) {
    RESTANTE_TRY(auto there, find_target(address, target));
    if (!there) {
      RESTANTE_TRY(const std::string canonical, canonical_name(target, *names_));
      return Error(Errc::kNotFound, "no such account or alias: " + canonical);
    }
    if (!contains(checked, there->name)) checked.push_back(std::move(there->name));
  }
  if (checked.empty()) return Error(Errc::kSyntax, "an alias needs a target");
  return checked;
}

Result<std::string> Aliases::own_address(std::string_view typed) {
  RESTANTE_TRY(const std::string canonical, canonical_alias(typed, *names_));
  RESTANTE_TRY(const auto addresses, names_by_key(by_key_, canonical));
  const std::string* const chosen = choose_spelling(addresses, canonical, names_->fold_local_part);
  if (chosen == nullptr) return Error(Errc::kNotFound, "no such alias: " + canonical);
  return *chosen;
}

Status Aliases::refuse_taken(std::string_view address) {
  RESTANTE_TRY(const auto holder, holders_.find(address));
  return holder ? Status(name_is_taken(address, *holder)) : ok();
}

Result<std::vector<std::string>> Aliases::targets_of(std::string_view address) {
  const ResetAtEnd reset(targets_);
  targets_.bind(1, address);
  std::vector<std::string> targets;
  for (;;) {
    RESTANTE_TRY(const bool row, targets_.step());
    if (!row) return targets;
    targets.emplace_back(targets_.text(0));
  }
}

Status Aliases::insert_targets(std::int64_t id, const std::vector<std::string>& targets) {
  std::int64_t place = 0;
  for (const std::string& target : targets) {
    const ResetAtEnd reset(insert_target_);
    insert_target_.bind(1, id);
    insert_target_.bind(2, ++place);
    insert_target_.bind(3, target);
    RESTANTE_CHECKED(insert_target_.step());
  }
  return ok();
}

Status Aliases::insert(std::string_view address, const std::vector<std::string>& targets) {
  std::int64_t id = 0;
  {
    const ResetAtEnd reset(insert_);
    insert_.bind(1, address);
    insert_.bind(2, domain_of(address));
    insert_.bind(3, clock_->now().time_since_epoch().count());
    bind_keys(insert_, 4, address);
    RESTANTE_CHECKED(insert_.step());
    id = insert_.number(0);
  }
  return insert_targets(id, targets);
}

Status Aliases::replace_targets(std::string_view address, const std::vector<std::string>& targets) {
  std::int64_t id = 0;
  {
    const ResetAtEnd reset(remove_targets_);
    remove_targets_.bind(1, address);
    RESTANTE_TRY(const bool row, remove_targets_.step());
    if (!row) return Error(Errc::kNotFound, "no such alias: " + std::string(address));
    id = remove_targets_.number(0);
  }
  return insert_targets(id, targets);
}

Result<bool> Aliases::remove(std::string_view address) {
  const ResetAtEnd reset(remove_);
  remove_.bind(1, address);
  return remove_.step();
}

Result<bool> Aliases::leads_to(std::string_view from, std::string_view address) {
  const ResetAtEnd reset(leads_to_);
  leads_to_.bind(1, from);
  leads_to_.bind(2, address);
  RESTANTE_CHECKED(leads_to_.step());
  return leads_to_.number(0) != 0;
}

/// An account or alias that aliases lead to cannot go: their mail would bounce, or go to fewer.
Status Aliases::refuse_while_target(std::string_view name) {
  const ResetAtEnd reset(leading_);
  leading_.bind(1, name);
  RESTANTE_TRY(const bool row, leading_.step());
  if (!row) return ok();
  return Error(Errc::kState, "an alias leads to " + std::string(name) +
                                 "; remove it first: " + std::string(leading_.text(0)));
}

Result<AliasEntry> change_targets(Aliases& aliases, std::string_view address,
                                  const TargetChange& change) {
  RESTANTE_TRY(std::string own, aliases.own_address(address));
  RESTANTE_TRY(std::vector<std::string> targets, aliases.targets_of(own));
  if (change.replaces) targets.clear();
  for (const std::string& typed : change.removed) {
    RESTANTE_TRY(const auto holder, aliases.find_target(own, typed));
    const std::string& name = holder ? holder->name : typed;
    if (std::erase(targets, name) == 0)
      return Error(Errc::kNotFound, own + " does not lead to " + name);
  }
  for (const std::string& typed : change.added) {
    RESTANTE_TRY(const auto checked, aliases.check_targets(own, {typed}));
    if (!contains(targets, checked.front())) targets.push_back(checked.front());
    RESTANTE_TRY(const bool is_circle, aliases.leads_to(checked.front(), own));
    if (is_circle)
      return Error(Errc::kState, "a circle: " + checked.front() + " leads to " + own + " already");
  }
  if (targets.empty())
    return Error(Errc::kState, "an alias needs a target; alias remove takes it away: " + own);
  RESTANTE_CHECKED(aliases.replace_targets(own, targets));
  return AliasEntry{std::move(own), std::move(targets)};
}

}  // namespace restante::accounts::sqlite
