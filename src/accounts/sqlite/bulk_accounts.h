// Accounts changed by the thousand: each statement is prepared once, all of it is one transaction,
// and a row that is as it should be is not written.
#pragma once

#include "accounts/bulk.h"
#include "accounts/names/names.h"
#include "accounts/sqlite/database.h"
#include "base/clock.h"

namespace restante::accounts::sqlite {

/// As AccountAdmin::change_all().
Result<BulkOutcome> change_accounts(Database& database, const NameRules& names, const Clock& clock,
                                    const std::vector<AccountChange>& changes,
                                    const BulkRules& rules);

/// Ends the work on `outcome`: it is in force, or nothing has happened, as `rules` say.
Status settle(Transaction& transaction, const BulkRules& rules, BulkOutcome& outcome);

}  // namespace restante::accounts::sqlite
