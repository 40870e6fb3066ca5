#include "restante/fetching/run_record.h"

#include <fmt/format.h>

#include "archive/database/database.h"
#include "base/clock.h"
#include "fetch/outside/alarm.h"
#include "fetch/state/standing.h"
#include "restante/fetching/desktop.h"
#include "restante/frame/local_time.h"

namespace restante::cli {
namespace {

using fetch::Seconds;
using fetch::Standing;

std::string date_of(std::optional<Seconds> time) {
  return time ? short_date(time->time_since_epoch().count()) : std::string("never");
}

std::string title_of(const RunEnd& run, const Standing& standing) {
  const std::string since = date_of(standing.failing_since);
  if (standing.target.empty())
    return fmt::format("{}: mail is not collected since {}", run.account.name, since);
  return fmt::format("{}: mail is not handed on since {}", run.account.name, since);
}

std::string text_of(const RunEnd& run, const Standing& standing) {
  const bool is_server = standing.target.empty();
  std::string text = fmt::format(
      "{} of the account \"{}\" {}:\n\n    {}\n\nLast success: {}\nFailing since: {}\n",
      is_server ? "The mail" : "New mail", run.account.name,
      is_server ? "could not be collected" : "could not be handed on to " + standing.target,
      standing.reason, date_of(standing.succeeded), date_of(standing.failing_since));
  if (standing.waiting > 0) text += fmt::format("Messages that wait: {}\n", standing.waiting);
  text += fmt::format("\nTo see how all accounts stand:  restante status\n");
  if (is_server)
    text +=
        fmt::format("To try this one:                restante account test {}\n", run.account.name);
  return text;
}

Status tell(const RunEnd& run, archive::Database& database, const Standing& standing,
            WallTime now) {
  const std::string title = title_of(run, standing);
  show_on_desktop(title, standing.reason, "dialog-warning", run.stop);
  // First told, then noted: a program that dies between the two tells twice.
  RESTANTE_CHECKED(
      fetch::put_alarm(run.profile.archive, "restante: " + title, text_of(run, standing), now));
  return fetch::note_told(database, run.account.name, standing.target,
                          std::chrono::floor<std::chrono::seconds>(now));
}

Status note(const RunEnd& run, archive::Database& database) {
  // One that we were told to break off says nothing of the account.
  if (run.stop.raised() && run.report.error && run.report.error->code == Errc::kState) return ok();
  const WallTime wall = system_clock().now();
  const Seconds now = std::chrono::floor<std::chrono::seconds>(wall);
  std::optional<Seconds> next;
  if (run.next) next = std::chrono::ceil<std::chrono::seconds>(wall + *run.next);
  RESTANTE_CHECKED(fetch::note_run(database, run.account, run.report, now, next));
  if (run.seen) return ok();
  RESTANTE_TRY(const auto standings, fetch::standings_of(database, run.account));
  for (const Standing& standing : standings)
    if (fetch::is_to_be_told(standing, run.account.tell_after, now))
      RESTANTE_CHECKED(tell(run, database, standing, wall));
  return ok();
}

}  // namespace

std::string keep_record(const RunEnd& run) {
  auto database = archive::Database::open(run.profile.archive, archive::Access::kWrite);
  if (!database && database.error().code == Errc::kNotFound) return {};
  const Status done = database ? note(run, *database) : Status(database.error());
  return done ? std::string() : done.error().detail;
}

}  // namespace restante::cli
