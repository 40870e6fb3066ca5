// Shell completion, made from the command line itself: what --help shows is what Tab offers. Names
// of accounts and messages are not offered: that would run the program at each Tab.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace restante::console {

enum class Shell : std::uint8_t { kBash, kZsh, kFish };

/// A script for the shell to source.
std::string completion_script(const CLI::App& app, Shell shell);

}  // namespace restante::console
