// restante status: how the accounts stand, and what mail waits for the places it is handed on to.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_status_command(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
