// Whether the settings of this back end can work: by themselves, and by asking each server.
#pragma once

#include "accounts/key_fault.h"
#include "accounts/ldap/settings.h"

namespace restante::accounts::ldap {

/// Settings that no server would take, and a file that is not there. Asks no server.
KeyFaults check_settings(const Settings& settings);

/// Connects to each server, binds as the service, and searches for a name that no entry has, and
/// for any entry. Waits as long as the settings say. One fault a server: the steps after it cannot
/// be tried.
KeyFaults ask(const Settings& settings);

}  // namespace restante::accounts::ldap
