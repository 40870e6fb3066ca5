// The aliases of accounts.db: one at a time, and by the thousand. All of it in the caller's
// transaction; statements are prepared once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/admin.h"
#include "accounts/names/names.h"
#include "accounts/sqlite/database.h"
#include "accounts/sqlite/name_holders.h"
#include "base/clock.h"

namespace restante::accounts::sqlite {

/// Does not outlive the database.
class Aliases {
 public:
  /// `names` and `clock` are not owned and outlive it.
  static Result<Aliases> prepare(Database& database, const NameRules& names, const Clock& clock);

  /// Targets as they are spelt where they are, each once, at least one. Errors: kNotFound (no such
  /// account or alias), kSyntax (none, or the address itself).
  Result<std::vector<std::string>> check_targets(std::string_view address,
                                                 const std::vector<std::string>& targets);
  /// As one target of those: std::nullopt: the name is free.
  Result<std::optional<NameHolder>> find_target(std::string_view address, std::string_view target);
  /// How the alias is spelt that `typed` names. Errors: kNotFound, and as canonical_alias().
  Result<std::string> own_address(std::string_view typed);
  /// Errors: kExists.
  Status refuse_taken(std::string_view address);
  Result<std::optional<NameHolder>> holder_of(std::string_view name) { return holders_.find(name); }

  /// In order; none: there is no such alias.
  Result<std::vector<std::string>> targets_of(std::string_view address);
  Status insert(std::string_view address, const std::vector<std::string>& targets);
  Status replace_targets(std::string_view address, const std::vector<std::string>& targets);
  /// False: there is none.
  Result<bool> remove(std::string_view address);
  /// Whether mail for `from` may come to `address`, by the aliases that are there.
  Result<bool> leads_to(std::string_view from, std::string_view address);
  /// Errors: kState: an alias leads to this name.
  Status refuse_while_target(std::string_view name);

 private:
  Status insert_targets(std::int64_t id, const std::vector<std::string>& targets);

  const NameRules* names_ = nullptr;
  const Clock* clock_ = nullptr;
  NameHolders holders_;
  Statement by_key_;
  Statement targets_;
  Statement insert_;
  Statement insert_target_;
  Statement remove_targets_;
  Statement remove_;
  Statement leads_to_;
  Statement leading_;
};

/// As AccountAdmin::change_alias().
Result<AliasEntry> change_targets(Aliases& aliases, std::string_view address,
                                  const TargetChange& change);

}  // namespace restante::accounts::sqlite
