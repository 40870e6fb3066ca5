#include "restante/command.h"

namespace restante::cli {
namespace {

CLI::App& make(CLI::App& parent, const CommandText& text) {
  CLI::App& made = *parent.add_subcommand(text.name, text.help);
  made.fallthrough();
  if (!text.examples.empty()) made.footer("Examples:\n" + text.examples);
  return made;
}

}  // namespace

CLI::App& add_command(CLI::App& parent, Chosen& chosen, const CommandText& text, Run run,
                      Needs needs) {
  CLI::App& made = make(parent, text);
  made.callback([&chosen, &made, run = std::move(run), needs] {
    if (!made.get_subcommands().empty()) return;
    chosen.run = run;
    chosen.needs = needs;
  });
  return made;
}

CLI::App& add_group(CLI::App& parent, const CommandText& text) {
  CLI::App& made = make(parent, text);
  made.require_subcommand(1);
  return made;
}

}  // namespace restante::cli
