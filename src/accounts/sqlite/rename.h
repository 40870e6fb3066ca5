// An account that gets another name, and one that goes with all that leads to it. In the caller's
// transaction.
#pragma once

#include "accounts/admin.h"
#include "accounts/sqlite/aliases.h"
#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

/// `from` and `to` are canonical, `from` as it is spelt in its row. As AccountAdmin::rename().
Status rename_account(Database& database, Aliases& aliases, std::string_view from,
                      std::string_view to, OldName old_name);

/// As AccountAdmin::remove_with_aliases(), of the account that is spelt so.
Result<RemovedAliases> remove_from_aliases(Database& database, Aliases& aliases,
                                           std::string_view name);

}  // namespace restante::accounts::sqlite
