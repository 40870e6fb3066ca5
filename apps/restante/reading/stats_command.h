// restante stats: how much mail, of whom, when.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_stats_command(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
