// restante delete: messages out of the archive, after a question.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_delete_command(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
