// How a command gets onto the command line: commands.cc lists functions that call add_command(),
// add options and keep them. A command gets an office, and says here when it is entered.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "console/command.h"
#include "restantectl/office.h"

namespace restante::ctl {

using console::add_group;
using console::CommandText;

/// The work of a command, in an office that it may use.
using Run = std::function<Exit(Office&)>;

/// When the office is entered, and by which part of the program.
enum class Enters : std::uint8_t {
  kBefore,         ///< The frame, before the command.
  kItself,         ///< The command, after it has done the part that needs the caller's rights.
  kAsksServer,     ///< It is not entered: a running server is asked. Of a configuration with
                   ///< mistakes data_dir is enough.
  kWithoutConfig,  ///< The command, if it must. Without a configuration the office has an empty
                   ///< one.
  kNever,          ///< It is not entered, and no configuration is read.
};

/// The wish of the command line; filled while it is parsed.
struct Chosen {
  std::string name;  ///< "account add".
  Run run;
  Enters enters = Enters::kBefore;
};

/// A command below `parent`. `chosen` must outlive the parsing.
CLI::App& add_command(CLI::App& parent, Chosen& chosen, const CommandText& text, Run run,
                      Enters enters = Enters::kBefore);

/// The operand that nearly all take: an account.
void add_name(CLI::App& to, std::string& name);

}  // namespace restante::ctl
