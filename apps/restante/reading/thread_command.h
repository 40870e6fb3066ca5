// restante thread: a conversation, whichever accounts it went through.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_thread_command(CLI::App& app, Chosen& chosen);

}  // namespace restante::cli
