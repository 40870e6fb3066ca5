// Reads a command line, and says what is wrong with it: which command was meant, and how to begin.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace restante::console {

/// What is shown to a person who gives no command: the three to begin with.
struct Overview {
  std::string what;                                        ///< One sentence: what the program does.
  std::vector<std::pair<std::string, std::string>> first;  ///< A command line, and what it is for.
};

/// Lines for stderr; the first begins with the program's name.
std::string to_text(const Overview& overview, const std::string& program);

/// The mistake in `words`, the command line without the program: an unknown command or option names
/// the nearest; anything else is `otherwise`.
std::string complaint(const CLI::App& app, const std::vector<std::string>& words,
                      const std::string& otherwise);

/// Parses the command line, which calls the chosen command's function. Gives the exit code when the
/// program is to end: 0 after help was printed, `usage` after a mistake was told.
std::optional<int> parse(CLI::App& app, int argc, const char* const* argv, const Overview& overview,
                         int usage);

}  // namespace restante::console
