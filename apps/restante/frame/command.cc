#include "restante/frame/command.h"

namespace restante::cli {

CLI::App& add_command(CLI::App& parent, Chosen& chosen, const CommandText& text, Run run,
                      Needs needs) {
  return console::add_command(parent, text, [&chosen, run = std::move(run), needs] {
    chosen.run = run;
    chosen.needs = needs;
  });
}

}  // namespace restante::cli
