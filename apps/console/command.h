// How a command gets onto a program's command line. Help, completion and manual pages are made from
// CLI::App, which has no examples, so these are told here.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace restante::console {

struct CommandText {
  std::string name;
  std::string help;      ///< One line, without a full stop.
  std::string examples;  ///< Lines "PROGRAM …  # what for"; may be empty.
};

/// A command below `parent`. `chosen` is called while the command line is parsed, when the command
/// is given and none of its own commands is.
CLI::App& add_command(CLI::App& parent, const CommandText& text, std::function<void()> chosen);

/// A command that only has commands.
CLI::App& add_group(CLI::App& parent, const CommandText& text);

/// "account add": its words without the program's.
std::string path_of(const CLI::App& command);

}  // namespace restante::console
