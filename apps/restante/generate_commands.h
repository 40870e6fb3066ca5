// restante completion SHELL and restante man: what is generated from the command line.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_generate_commands(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
