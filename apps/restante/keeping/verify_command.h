// restante verify, reindex and dedupe: the upkeep of the archive.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_verify_command(CLI::App& app, Chosen& chosen);
void add_reindex_command(CLI::App& app, Chosen& chosen);
void add_dedupe_command(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
