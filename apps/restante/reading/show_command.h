// restante show and restante print: one message, for reading.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_show_command(CLI::App& app, Chosen& chosen);
void add_print_command(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
