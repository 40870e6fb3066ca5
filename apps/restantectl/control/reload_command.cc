// restantectl reload: the running server takes its configuration, certificates and accounts anew.
#include "restantectl/commands.h"
#include "restantectl/control/control_client.h"
#include "restantectl/control/rows.h"

namespace restante::ctl {
namespace {

void list(const Office& office, std::string_view what, const std::vector<std::string>& keys) {
  if (!keys.empty()) office.out().line(fmt::format("{}: {}", what, fmt::join(keys, ", ")));
}

Exit reload(const Office& office) {
  control::Request request;
  request.verb = control::Verb::kReload;
  const auto report = ask_server(office, request);
  if (!report) return report.error();
  const bool is_new = flag_in(*report, "reloaded");
  const std::string accounts_kept = text_in(*report, "accounts_kept");
  if (office.out().json()) {
    office.out().print(*report);
  } else if (is_new) {
    list(office, "changed", texts_in(*report, "changed"));
    if (flag_in(*report, "certificates_changed")) office.out().line("changed: certificates");
    if (texts_in(*report, "changed").empty() && !flag_in(*report, "certificates_changed"))
      office.out().line("no setting has changed");
    list(office, "needs a restart", texts_in(*report, "needs_restart"));
  }
  for (const std::string& mistake : texts_in(*report, "mistakes"))
    static_cast<void>(fail_lines(Exit::kConfig, mistake));
  if (!is_new)
    return fail(Exit::kConfig, "the server keeps its settings: " + text_in(*report, "kept"));
  if (!accounts_kept.empty())
    return fail(Exit::kConfig, "the server keeps its accounts: " + accounts_kept);
  return Exit::kOk;
}

}  // namespace

void add_reload_command(CLI::App& app, Chosen& chosen) {
  add_command(
      app, chosen,
      {"reload", "Take settings, certificates and accounts anew; say what changed",
       "  restantectl reload  # and what needs a restart"},
      [](Office& office) { return reload(office); }, Enters::kAsksServer);
}

}  // namespace restante::ctl
