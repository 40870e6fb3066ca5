// restante list and restante search: the messages that a query means.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_list_command(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
