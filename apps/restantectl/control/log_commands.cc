// restantectl log: what the running server writes to its log.
#include "restantectl/commands.h"
#include "restantectl/control/control_client.h"
#include "restantectl/control/rows.h"

namespace restante::ctl {
namespace {

Exit log_level(const Office& office, const std::string& level) {
  control::Request request;
  request.verb = control::Verb::kLogLevel;
  request.level = level;
  const auto answer = ask_server(office, request);
  if (!answer) return answer.error();
  if (office.out().json())
    office.out().print(*answer);
  else if (level.empty())
    office.out().line(text_in(*answer, "level"));
  else
    office.out().note(
        fmt::format("restantectl: log level {}, before {}; a restart has that of the "
                    "configuration",
                    text_in(*answer, "level"), text_in(*answer, "before")));
  return Exit::kOk;
}

}  // namespace

void add_log_commands(CLI::App& log, Chosen& chosen) {
  const auto level = std::make_shared<std::string>();
  add_command(
      log, chosen,
      {"level", "The least level of lines in the log, until the next start",
       "  restantectl log level        # which it is\n"
       "  restantectl log level debug  # more, while a fault is looked for"},
      [level](Office& office) { return log_level(office, *level); }, Enters::kAsksServer)
      .add_option("LEVEL", *level, "debug, info, warning or error; nothing: say which it is")
      ->check(
          CLI::IsMember(std::vector<std::string>(control::kLevels.begin(), control::kLevels.end())))
      ->type_name("");
}

}  // namespace restante::ctl
