// restantectl status: the running server at a glance.
#include "restantectl/commands.h"
#include "restantectl/control/control_client.h"
#include "restantectl/control/rows.h"

namespace restante::ctl {
namespace {

Exit show_status(const Office& office) {
  const auto status = ask_server(office, {});
  if (!status) return status.error();
  if (office.out().json()) {
    office.out().print(*status);
    return Exit::kOk;
  }
  for (const std::string& line : to_lines(status_facts(*status))) office.out().line(line);
  const auto worst = worst_table(*status);
  if (worst.rows.empty()) return Exit::kOk;
  office.out().line("");
  office.out().print(worst);
  return Exit::kOk;
}

}  // namespace

void add_status_command(CLI::App& app, Chosen& chosen) {
  add_command(
      app, chosen,
      {"status", "The running server: since when, connections, sessions, troubles",
       "  restantectl status\n"
       "  restantectl --format json status  # for programs"},
      [](Office& office) { return show_status(office); }, Enters::kAsksServer);
}

}  // namespace restante::ctl
