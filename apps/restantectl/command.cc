#include "restantectl/command.h"

namespace restante::ctl {

CLI::App& add_command(CLI::App& parent, Chosen& chosen, const CommandText& text, Run run,
                      Enters enters) {
  const std::string above = console::path_of(parent);
  Chosen made{(above.empty() ? "" : above + " ") + text.name, std::move(run), enters};
  return console::add_command(parent, text, [&chosen, made = std::move(made)] { chosen = made; });
}

void add_name(CLI::App& to, std::string& name) {
  to.add_option("NAME", name, "Login name or address")->required()->type_name("");
}

}  // namespace restante::ctl
