// Whether the settings of this back end can work: by themselves, and by asking each server.
#pragma once

#include "accounts/key_fault.h"
#include "accounts/ldap/settings.h"

namespace restante::accounts::ldap {

/// What no server would take, and a file that is not there. Asks nobody.
KeyFaults check_settings(const Settings& settings);

/// Connects to each server, binds as the service, and searches for a name that nobody has, and for
/// anybody. Waits as long as the settings say. One fault a server: what comes after it is not
/// known.
KeyFaults ask(const Settings& settings);

}  // namespace restante::accounts::ldap
