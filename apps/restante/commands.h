// The whole command line: what restante --help shows.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

struct GlobalOptions {
  std::string config;
  std::string format = "text";
  bool quiet = false;
  bool no_pager = false;
};

/// The program's own options and all its commands. `options` and `chosen` must outlive the parsing.
void add_everything(CLI::App& app, GlobalOptions& options, Chosen& chosen);

}  // namespace restante::cli
