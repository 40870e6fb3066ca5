// Aliases made and changed by the thousand, in one transaction. Aliases of one file may lead to
// each other, in any order; a refused one takes those with it that led to it alone by the file.
#pragma once

#include "accounts/bulk.h"
#include "accounts/names/names.h"
#include "accounts/sqlite/database.h"
#include "base/clock.h"

namespace restante::accounts::sqlite {

/// As AccountAdmin::change_all_aliases().
Result<BulkOutcome> change_aliases(Database& database, const NameRules& names, const Clock& clock,
                                   const std::vector<AliasChange>& changes, const BulkRules& rules);

}  // namespace restante::accounts::sqlite
