// The accounts of any back end, with what is set for each of them here laid over (overlay.h).
//
// An unknown name costs a question of the settings, too: the time must not tell which names exist.
// While the settings cannot be had, logins fail: without them a barred account would get in.
#pragma once

#include <memory>

#include "accounts/directory.h"
#include "accounts/settings_store.h"

namespace restante::accounts::own {

/// Slow where either is.
std::unique_ptr<Directory> make_directory(std::unique_ptr<Directory> back_end,
                                          std::unique_ptr<SettingsReader> settings);

}  // namespace restante::accounts::own
