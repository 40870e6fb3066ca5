// restante archive init: which archive the configuration has.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_archive_commands(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
