// restante account edit, pause, resume: changes to accounts that are there.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_account_edit_commands(CLI::App& account, Chosen& chosen);

}  // namespace restante::cli
