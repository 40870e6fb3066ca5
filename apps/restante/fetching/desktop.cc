#include "restante/fetching/desktop.h"

#include "fetch/secrets/secret_command.h"

namespace restante::cli {

void show_on_desktop(const std::string& title, const std::string& text, const std::string& icon,
                     const net::StopSignal& stop) {
  fetch::SecretCommand command;
  command.words = {"notify-send", "--app-name=restante", "--icon=" + icon, "--", title, text};
  command.name = "notify-send";
  command.takes_stderr = true;
  command.timeout = std::chrono::seconds(10);
  static_cast<void>(fetch::run_secret_command(command, stop));
}

}  // namespace restante::cli
