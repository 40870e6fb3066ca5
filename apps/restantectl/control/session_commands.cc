// restantectl session: who has a maildrop open, and an end to it.
#include "restantectl/commands.h"
#include "restantectl/control/control_client.h"
#include "restantectl/control/rows.h"

namespace restante::ctl {
namespace {

Exit list_sessions(const Office& office, const control::Request& request) {
  const auto answer = ask_server(office, request);
  if (!answer) return answer.error();
  if (office.out().json()) {
    office.out().print(*answer);
    return Exit::kOk;
  }
  const auto sessions = objects_in(*answer, "sessions");
  office.out().print(session_table(sessions));
  const std::uint64_t total = count_in(*answer, "total");
  if (total == 0) office.out().note("restantectl: no session is open");
  if (total > sessions.size())
    office.out().note(fmt::format("restantectl: {} of {} sessions, those that moved the most",
                                  sessions.size(), total));
  return Exit::kOk;
}

Exit end_session(const Office& office, const control::Request& request) {
  if (request.id.empty() == request.account.empty())
    return fail(Exit::kUsage, "name the session by its ID, or say --account NAME");
  const auto answer = ask_server(office, request);
  if (!answer) return answer.error();
  if (office.out().json()) office.out().print(*answer);
  for (const auto& each : objects_in(*answer, "ended"))
    office.out().note(fmt::format("restantectl: ended session {} of {} from {}",
                                  text_in(each, "id"), text_in(each, "account"),
                                  text_in(each, "peer")));
  return Exit::kOk;
}

}  // namespace

void add_session_commands(CLI::App& session, Chosen& chosen) {
  const auto listed = std::make_shared<control::Request>();
  listed->verb = control::Verb::kSessionList;
  CLI::App& list = add_command(
      session, chosen,
      {"list", "The POP3 sessions that are logged in",
       "  restantectl session list\n"
       "  restantectl session list --account alice@example.com"},
      [listed](Office& office) { return list_sessions(office, *listed); }, Enters::kAsksServer);
  list.add_option("--account", listed->account, "Of this account")->type_name("NAME");
  list.add_option("--limit", listed->limit, "At most so many, those that moved the most")
      ->check(CLI::Range(std::uint64_t{1}, control::kSessionsMax))
      ->type_name("N");

  const auto ended = std::make_shared<control::Request>();
  ended->verb = control::Verb::kSessionEnd;
  CLI::App& end = add_command(
      session, chosen,
      {"end", "End a session, which deletes nothing then",
       "  restantectl session end 19ad5c1f2aa-4f\n"
       "  restantectl session end --account alice@example.com  # all of hers"},
      [ended](Office& office) { return end_session(office, *ended); }, Enters::kAsksServer);
  end.add_option("ID", ended->id, "As `session list` and the log have it")->type_name("");
  end.add_option("--account", ended->account, "All sessions of this account")->type_name("NAME");
}

}  // namespace restante::ctl
