// `restante backup` and `restante restore`: a new computer in two commands.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_backup_command(CLI::App& app, Chosen& chosen);
void add_restore_command(CLI::App& app, Chosen& chosen);

/// `restante verify --backup DIR`.
Exit run_verify_backup(Context& context, const std::string& folder);

}  // namespace restante::cli
