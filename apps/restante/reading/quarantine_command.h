// restante quarantine list|show|release|delete: what a virus scan has found, and what waits for
// one; its owner decides what becomes of it. Nothing of such a message is opened but its header.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_quarantine_commands(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
