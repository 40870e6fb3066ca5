#include "fetch/run/collector.h"

#include <fmt/format.h>
#include <poll.h>

#include "base/numbers.h"
#include "fetch/plan/backoff.h"
#include "fetch/run/hand_on_run.h"
#include "fetch/run/round.h"
#include "fetch/run/run.h"
#include "fetch/run/scan.h"
#include "fetch/state/local_mail.h"

namespace restante::fetch {
namespace {

// Sessions that break one after the other before the run gives up.
constexpr int kBrokenMax = 5;
// Sessions in a run that end early so that another one goes on: a server must not keep it going.
constexpr int kAnewMax = 100;

Observer& nobody() {
  static Observer observer;
  return observer;
}

/// Unless stop is raised.
void wait_for(const net::StopSignal& stop, std::chrono::milliseconds time) {
  pollfd raised{stop.descriptor(), POLLIN, 0};
  if (time.count() > 0) static_cast<void>(::poll(&raised, 1, static_cast<int>(time.count())));
}

/// Sessions until nothing is left to do. A session that a message broke is followed by one that
/// goes around it. `rest` becomes true when mail is left to the next run.
Status run_sessions(Run& run, bool& rest) {
  bool retry = false;
  bool first = true;
  int broken = 0;
  int anew = 0;
  for (;;) {
    RoundEnd end = run_round(run, retry);
    // Told once, where it is found: the next session goes by it.
    if (const std::string found = run.pipelining.found(); !found.empty()) run.note(found);
    if (end.anew && !end.fatal) {
      first = false;
      if (++anew > kAnewMax) {
        rest = true;
        run.note("too many sessions had to be ended early: the rest is left to the next run");
        return end.status;
      }
    } else if (end.status) {
      broken = 0;
      // Retries come last, when all that is new is here.
      const bool again = end.more || (end.retry && !retry);
      if (!again) return ok();
      if (!end.more) retry = true;
      first = false;
    } else if (end.status.error().code == Errc::kBusy && !first) {
      // Some servers allow no second login so soon.
      rest = true;
      run.note("the rest follows in the next run: " + end.status.error().detail);
      return ok();
    } else if (end.fatal || !end.settled || ++broken > kBrokenMax) {
      // Tried again only after a session that got somewhere: a server that is down is asked once a
      // run.
      return end.status;
    }
    if (!end.status && !end.anew) wait_for(run.options.stop, session_delay(broken));
    if (run.options.stop.raised()) return Error(Errc::kState, "stopped");
  }
}

}  // namespace

Report collect(const CollectOptions& options) {
  Report report;
  report.account = options.account.name;
  Observer& observer = options.observer != nullptr ? *options.observer : nobody();
  Result<std::unique_ptr<LocalMail>> local =
      LocalMail::open(options.account, options.archive, *options.clock,
                      options.clamd.empty() ? Scanning::kOff : Scanning::kFirst);
  if (!local) {
    report.error = std::move(local).error();
    // Paused: no server was asked, and no run was broken off.
    // A state that needs its owner, as after a restore.
    report.is_local = report.error->code == Errc::kState;
    return report;
  }
  Result<Habits> habits = Habits::open(
      (*local)->database(), options.account.name,
      fmt::format("{}:{}", options.account.host, options.account.port), (*local)->now());
  if (!habits) {
    report.error = std::move(habits).error();
    return report;
  }
  Run run(options, **local, *habits, observer, report);
  for (const std::string& remark : (*local)->remarks()) run.note(remark);
  bool rest = false;
  Status status = run_sessions(run, rest);
  // The loss ends only with a run that has looked at all messages.
  if (status && !rest && !options.dry_run) status = (*local)->end_loss();
  if (report.unconfirmed > 0) {
    run.note(fmt::format(
        "DELE was sent for {}, and QUIT not answered by +OK: the next run sees the outcome",
        counted(report.unconfirmed, "message")));
  }
  // Mail that an earlier run left in the queue goes its way even when this one found no server.
  // A person who stops a run wants it to end.
  const bool go_on = !options.dry_run && !options.stop.raised();
  if (go_on) {
    Status passed_on = scan_due(run);
    if (passed_on) passed_on = hand_on_due(run);
    // The first trouble is the run's; what follows it is often its consequence.
    if (status) status = std::move(passed_on);
  }
  if (!status) report.error = std::move(status).error();
  return report;
}

}  // namespace restante::fetch
