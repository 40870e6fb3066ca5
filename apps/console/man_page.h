// Manual pages in man(7), one for each command, made from the command line itself.
#pragma once

#include <string>
#include <vector>

#include "console/command_tree.h"

namespace restante::console {

struct ManPage {
  std::string name;  ///< "restante-account-list", without ".1".
  std::string text;
};

/// One for the program and each command.
std::vector<ManPage> man_pages(const std::vector<CommandNode>& nodes);

}  // namespace restante::console
