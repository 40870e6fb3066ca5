// Who has a name among the accounts and aliases of accounts.db, in any spelling.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

struct NameHolder {
  std::string name;  ///< As it is spelt there.
  bool is_account = false;
};

/// Its statement is prepared once. Does not outlive the database.
class NameHolders {
 public:
  static Result<NameHolders> prepare(Database& database, bool fold_local_part);

  /// The account or alias that `name`, which is canonical, would be another spelling of, or the
  /// same. Errors: as Statement::step().
  Result<std::optional<NameHolder>> find(std::string_view name);

 private:
  Statement by_key_;
  bool fold_local_part_ = true;
};

/// kExists, for a name that is taken.
Error name_is_taken(std::string_view name, const NameHolder& holder);

}  // namespace restante::accounts::sqlite
