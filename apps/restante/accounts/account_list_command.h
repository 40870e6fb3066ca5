// restante account list, restante account show: what the configuration says.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_account_list_command(CLI::App& account, Chosen& chosen);

}  // namespace restante::cli
