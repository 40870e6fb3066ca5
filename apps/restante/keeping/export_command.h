// restante export and restante import: mail out of the archive, and from elsewhere into it.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_export_command(CLI::App& app, Chosen& chosen);
void add_import_command(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
