// restante account add ADDRESS: finds the server's settings, looks whether they work, and appends
// the account to the configuration, which is never rewritten.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_account_add_command(CLI::App& account, Chosen& chosen);

}  // namespace restante::cli
