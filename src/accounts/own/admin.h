// The write side of accounts that may be in any back end: what is set for them goes into the store
// of the settings, once their back end has said that they are there. Accounts and aliases
// themselves, and their passwords, are the business of that back end's own write side.
#pragma once

#include <memory>

#include "accounts/admin.h"
#include "accounts/directory.h"
#include "accounts/names/names.h"
#include "base/clock.h"

namespace restante::accounts::own {

/// All are there.
struct Parts {
  std::unique_ptr<AccountAdmin> back_end;
  std::unique_ptr<Directory> directory;  ///< With the settings over it (own/directory.h).
  std::unique_ptr<SettingsWriter> settings;
  /// Whether `back_end` is accounts.db, which has the settings of its accounts in its tables.
  bool is_database = false;
  NameRules names;
};

/// `clock` is not owned and outlives it.
std::unique_ptr<AccountAdmin> make_admin(Parts parts, const Clock& clock);

}  // namespace restante::accounts::own
