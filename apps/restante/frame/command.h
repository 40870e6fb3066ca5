// How a command gets onto the command line. Each xxx_command.h offers
//   void add_xxx_command(CLI::App& app, Chosen& chosen);
// which calls add_command(), adds its options and keeps them itself; commands.cc lists them all.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "console/command.h"
#include "restante/frame/context.h"

namespace restante::cli {

using Run = std::function<Exit(Context&)>;

enum class Needs : std::uint8_t {
  kProfile,  ///< A configuration without mistakes.
  kNothing,  ///< Runs also when there is none, or one with mistakes.
};

/// What the command line asks for; filled while it is parsed. `app` is the whole of it.
struct Chosen {
  Run run;
  Needs needs = Needs::kProfile;
  const CLI::App* app = nullptr;
};

using console::CommandText;

/// A command below `parent` that runs `run` when it is given and none of its own commands is.
/// `chosen` must outlive the parsing.
CLI::App& add_command(CLI::App& parent, Chosen& chosen, const CommandText& text, Run run,
                      Needs needs = Needs::kProfile);

/// A command that only has commands.
using console::add_group;

}  // namespace restante::cli
