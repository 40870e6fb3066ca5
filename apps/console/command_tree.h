// The command line as a list of plain commands, for what is generated from it: completion and man
// pages. Nothing else looks into CLI::App.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace restante::console {

struct OptionText {
  std::vector<std::string> names;  ///< "--config", "-q"; for a positional "NAME".
  std::string value;               ///< "FILE"; empty: a flag.
  std::string help;
  std::vector<std::string> choices;  ///< When it is one of a few words.
  bool positional = false;
  bool required = false;
  bool repeated = false;  ///< Takes several values.
};

struct CommandNode {
  std::vector<std::string> path;  ///< {"account", "list"}; empty: the program itself.
  std::string help;
  std::string footer;
  std::vector<OptionText> options;       ///< Its own; not --help and --version.
  std::vector<std::string> subcommands;  ///< Names, in the order of the help.

  std::string program;

  /// "restante account list", with another word between than a blank if asked.
  [[nodiscard]] std::string title(const char* between = " ") const;
};

/// The program and every command below it, parents first.
std::vector<CommandNode> flatten(const CLI::App& app);

}  // namespace restante::console
