#include "accounts/sqlite/rename.h"

#include "accounts/names/names.h"
#include "accounts/sqlite/spellings.h"

namespace restante::accounts::sqlite {
namespace {

/// The new name must be free, or the account's own in another spelling, or an alias of the account
/// alone, such as its former name: that alias goes.
Status make_room(Aliases& aliases, std::string_view from, std::string_view to) {
  RESTANTE_TRY(const auto holder, aliases.holder_of(to));
  if (!holder || holder->name == from) return ok();
  if (!holder->is_account) {
    RESTANTE_TRY(const auto targets, aliases.targets_of(holder->name));
    const bool is_its_own = targets.size() == 1 && targets.front() == from;
    if (is_its_own) {
      RESTANTE_CHECKED(aliases.remove(holder->name));
      return ok();
    }
  }
  return name_is_taken(to, *holder);
}

Status change_row(Database& database, std::string_view from, std::string_view to) {
  RESTANTE_TRY(Statement update,
               database.prepare("UPDATE account SET name = ?2, domain = ?3, name_key = ?4, "
                                "domain_key = ?5, maildrop = nullif(ifnull(maildrop, name), ?2) "
                                "WHERE name = ?1"));
  update.bind(1, from);
  update.bind(2, to);
  update.bind(3, domain_of(to));
  bind_keys(update, 4, to);
  RESTANTE_CHECKED(update.step());
  if (database.changes() == 0)
    return Error(Errc::kNotFound, "no such account: " + std::string(from));
  return ok();
}

/// Aliases that lead to `from` lead to `to`, once each.
Status change_targets(Database& database, std::string_view from, std::string_view to) {
  // An alias may lead to both names, and its targets are unique: the second row stays as it was,
  // and is deleted below.
  RESTANTE_TRY(Statement change,
               database.prepare("UPDATE OR IGNORE alias_target SET target = ?2 WHERE target = ?1"));
  change.bind(1, from);
  change.bind(2, to);
  RESTANTE_CHECKED(change.step());
  RESTANTE_TRY(Statement twice, database.prepare("DELETE FROM alias_target WHERE target = ?1"));
  twice.bind(1, from);
  RESTANTE_CHECKED(twice.step());
  return ok();
}

/// Copies of other accounts' mail that go to `from` go to `to`.
Status change_copies(Database& database, std::string_view from, std::string_view to) {
  RESTANTE_TRY(Statement change, database.prepare("UPDATE copy SET target = 'account:' || ?2 "
                                                  "WHERE target = 'account:' || ?1"));
  change.bind(1, from);
  change.bind(2, to);
  RESTANTE_CHECKED(change.step());
  return ok();
}

}  // namespace

Status rename_account(Database& database, Aliases& aliases, std::string_view from,
                      std::string_view to, OldName old_name) {
  if (from == to) return ok();
  RESTANTE_TRY(const auto own, aliases.holder_of(to));
  const bool other_spelling = own && own->name == from;
  RESTANTE_CHECKED(make_room(aliases, from, to));
  RESTANTE_CHECKED(change_row(database, from, to));
  RESTANTE_CHECKED(change_targets(database, from, to));
  RESTANTE_CHECKED(change_copies(database, from, to));
  // Another spelling leads to the account without an alias.
  if (old_name == OldName::kStays && !other_spelling)
    RESTANTE_CHECKED(aliases.insert(from, {std::string(to)}));
  return ok();
}

Result<RemovedAliases> remove_from_aliases(Database& database, Aliases& aliases,
                                           std::string_view name) {
  RemovedAliases out;
  std::vector<std::string> gone{std::string(name)};
  RESTANTE_TRY(Statement leading,
               database.prepare("SELECT address FROM alias_target JOIN alias ON alias_id = id "
                                "WHERE target = ?1 ORDER BY address"));
  while (!gone.empty()) {
    const std::string target = std::move(gone.back());
    gone.pop_back();
    std::vector<std::string> addresses;
    {
      const ResetAtEnd reset(leading);
      leading.bind(1, target);
      for (;;) {
        RESTANTE_TRY(const bool row, leading.step());
        if (!row) break;
        addresses.emplace_back(leading.text(0));
      }
    }
    for (const std::string& address : addresses) {
      // An alias without a target goes, too, and then the aliases of it.
      RESTANTE_TRY(auto targets, aliases.targets_of(address));
      std::erase(targets, target);
      if (!targets.empty()) {
        RESTANTE_CHECKED(aliases.replace_targets(address, targets));
        out.shortened.push_back(address);
        continue;
      }
      RESTANTE_CHECKED(aliases.remove(address));
      out.removed.push_back(address);
      gone.push_back(address);
    }
  }
  return out;
}

}  // namespace restante::accounts::sqlite
