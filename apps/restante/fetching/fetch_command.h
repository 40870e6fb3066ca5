// restante fetch: everything new of the accounts into the archive, all accounts at once.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_fetch_command(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
