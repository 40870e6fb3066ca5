// restante attachments list, restante attachments save.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_attachments_command(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
