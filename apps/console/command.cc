#include "console/command.h"

namespace restante::console {
namespace {

CLI::App& make(CLI::App& parent, const CommandText& text) {
  CLI::App& made = *parent.add_subcommand(text.name, text.help);
  made.fallthrough();
  if (!text.examples.empty()) made.footer("Examples:\n" + text.examples);
  return made;
}

}  // namespace

CLI::App& add_command(CLI::App& parent, const CommandText& text, std::function<void()> chosen) {
  CLI::App& made = make(parent, text);
  made.callback([&made, chosen = std::move(chosen)] {
    if (made.get_subcommands().empty()) chosen();
  });
  return made;
}

CLI::App& add_group(CLI::App& parent, const CommandText& text) {
  CLI::App& made = make(parent, text);
  made.require_subcommand(1);
  return made;
}

std::string path_of(const CLI::App& command) {
  const CLI::App* const parent = command.get_parent();
  if (parent == nullptr) return "";
  const std::string above = path_of(*parent);
  return above.empty() ? command.get_name() : above + " " + command.get_name();
}

}  // namespace restante::console
