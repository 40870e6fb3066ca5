// restante account rename, remove: the configuration and what the archive has, together.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_account_change_commands(CLI::App& account, Chosen& chosen);

}  // namespace restante::cli
