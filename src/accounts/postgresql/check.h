// Whether the settings of this back end can work: by themselves, and by asking the database.
#pragma once

#include "accounts/key_fault.h"
#include "accounts/postgresql/settings.h"

namespace restante::accounts::postgresql {

/// Settings that no database would take. Asks no server.
KeyFaults check_settings(const Settings& settings);

/// Connects, and asks each query for a name that no account has. Waits as long as the settings say.
KeyFaults ask(const Settings& settings);

}  // namespace restante::accounts::postgresql
