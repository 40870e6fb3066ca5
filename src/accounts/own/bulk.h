// Settings of many accounts that other back ends know, changed by one call: the names are looked up
// first, and then all of it is one transaction.
#pragma once

#include "accounts/bulk.h"
#include "accounts/directory.h"
#include "accounts/names/names.h"
#include "accounts/settings_store.h"

namespace restante::accounts::own {

/// What it needs, not owned.
struct BulkParts {
  Directory& directory;
  SettingsWriter& settings;
  const NameRules& names;
  WallTime now;
};

/// As AccountAdmin::change_all(); a name without an account is refused. Errors: kState (a change
/// has a secret), kTimeout (a back end is down: nothing is written), and those of the store.
Result<BulkOutcome> change_settings(const BulkParts& parts,
                                    const std::vector<AccountChange>& changes,
                                    const BulkRules& rules);

}  // namespace restante::accounts::own
