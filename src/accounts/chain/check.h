// Whether the back ends can work as they are set, under the names of their keys; and the one place
// that knows how each of them is tried.
#pragma once

#include "accounts/chain/open.h"
#include "accounts/key_fault.h"

namespace restante::accounts {

/// Checks one back end alone: faults that would end its opening, or could never work. Asks no
/// server, makes nothing, and reads no file of accounts.
KeyFaults check_back_end(const BackendSettings& settings, const NameRules& names);

/// Tries it: connects, and asks for a name that no account has. Waits as long as the settings say,
/// for each server. Makes nothing.
KeyFaults ask_back_end(const BackendSettings& settings, const NameRules& names);

/// The same two for the place of what is set for accounts; nothing to say where it is accounts.db.
KeyFaults check_settings_place(const SettingsPlace& place);
KeyFaults ask_settings_place(const SettingsPlace& place);

/// "ldap ldap://…", "sqlite", for people.
std::string name_of(const BackendSettings& settings);

}  // namespace restante::accounts
