// The commands that print completion and manual pages, which are made from the command line itself.
// A program adds them with its own words for failures.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "console/command.h"

namespace restante::console {

/// "completion" and "man" of the program, with their examples.
CommandText completion_text(const std::string& program);
CommandText man_text(const std::string& program);

struct ManOptions {
  std::vector<std::string> words;  ///< Of the command; none: the program itself.
  std::string folder;              ///< Where all pages go instead of one being printed.
};

void add_completion_options(CLI::App& command, std::string& shell);
void add_man_options(CLI::App& command, ManOptions& options);

/// A script for "bash", "zsh" or "fish".
std::string completion_script(const CLI::App& app, const std::string& shell);
/// The page in roff. Errors: kNotFound.
Result<std::string> manual_page(const CLI::App& app, const std::vector<std::string>& words);
/// Errors: kExists (cannot be made).
Status write_manual_pages(const CLI::App& app, const std::string& folder);

}  // namespace restante::console
