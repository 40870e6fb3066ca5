// Both sides of the settings' store over the tables of ours in a PostgreSQL database. The read side
// is slow: it asks the database each time, over a pool of connections of its own.
#pragma once

#include <memory>

#include "accounts/postgresql/settings.h"
#include "accounts/settings_store.h"

namespace restante::accounts::postgresql {

/// Of the settings the connection, the time-out, the number of connections and `tell` count.
/// Connects when it is first asked. Errors: kSyntax (the connection's text).
Result<std::unique_ptr<SettingsReader>> open_settings_reader(Settings settings);
/// The same, over one connection.
Result<std::unique_ptr<SettingsWriter>> open_settings_writer(Settings settings);

/// Connects, and reads of the tables; makes nothing, and takes it that they can be made. Errors:
/// kIo, kState (no right to read them).
Status ask_settings_tables(const Settings& settings);

}  // namespace restante::accounts::postgresql
