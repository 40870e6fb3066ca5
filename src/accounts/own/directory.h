// The accounts of any back end, with what is set for each of them here laid over (overlay.h).
//
// A name that nobody has costs a question of the settings, too: the time must not tell whose name
// it is. Where the settings cannot be had, nobody is let in without them.
#pragma once

#include <memory>

#include "accounts/directory.h"
#include "accounts/settings_store.h"

namespace restante::accounts::own {

/// Slow where either is.
std::unique_ptr<Directory> make_directory(std::unique_ptr<Directory> back_end,
                                          std::unique_ptr<SettingsReader> settings);

}  // namespace restante::accounts::own
