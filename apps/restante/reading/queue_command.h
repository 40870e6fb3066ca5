// restante queue list|retry|drop|move: what waits for the targets of hand-on, and what becomes of
// it.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_queue_commands(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
