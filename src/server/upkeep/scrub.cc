#include "server/upkeep/scrub.h"

#include <algorithm>

#include "base/thread.h"
#include "server/common/log.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

// After a start clients come first.
constexpr auto kFirstDelay = std::chrono::minutes(1);
constexpr auto kSaveInterval = std::chrono::minutes(1);
// Longer waits are cut, since the wall clock may be set meanwhile.
constexpr milliseconds kWaitMax = std::chrono::hours(1);

}  // namespace

Status Scrub::start() {
  auto run = [this] {
    const auto interval = settings_.get()->config.maildrop.scrub_interval;
    // A short interval, as in tests, is not made longer by the wait.
    wakeup_.wait_until(Steady::now() + std::min<std::chrono::seconds>(interval, kFirstDelay));
    while (!wakeup_.stopped()) wakeup_.wait_until(Steady::now() + turn());
  };
  RESTANTE_TRY(auto thread, start_thread(run));
  thread_ = std::move(thread);
  return ok();
}

void Scrub::stop() {
  wakeup_.stop();
  if (thread_.joinable()) thread_.join();
}

milliseconds Scrub::turn() {
  const milliseconds interval = settings_.get()->config.maildrop.scrub_interval;
  // Switched off; a reload may switch it on.
  if (interval.count() == 0) return kWaitMax;
  const WallTime now = services_.clock.now();
  ScrubProgress progress = load_progress(path_).value_or(ScrubProgress{});
  if (progress.began > now) progress = {};  // The clock was set back: the progress means nothing.
  const bool over = progress.done || progress.began == WallTime{};
  const WallTime due = progress.began + interval;
  // By the wall clock, since the interval is of weeks and the machine is restarted meanwhile.
  if (over && now < due) return std::min(due - now, kWaitMax);
  if (over) {
    progress = {};
    progress.began = now;
  }
  const WallTime next = progress.began + interval;
  pass(std::move(progress));
  // At least a second, so that a clock that jumps cannot make it spin.
  return std::clamp<milliseconds>(next - services_.clock.now(), std::chrono::seconds(1), kWaitMax);
}

void Scrub::pass(ScrubProgress progress) {
  auto accounts = services_.store.accounts();
  if (!accounts) {
    services_.metrics.scrub_failures.add();
    spdlog::error("scrub: maildrops not listed reason={}", for_log(accounts.error().message()));
    return;
  }
  // In one order, so that a pass goes on after a restart where it was.
  std::sort(accounts->begin(), accounts->end());
  // An account that came meanwhile has its turn in this pass or the next, by its name.
  auto next = std::upper_bound(accounts->begin(), accounts->end(), progress.last_maildrop);
  if (progress.last_maildrop.empty()) next = accounts->begin();
  PassProgress& shown = services_.measures->scrub;
  shown.maildrops.set(accounts->size());
  shown.done.set(static_cast<std::uint64_t>(next - accounts->begin()));
  Steady::time_point saved = Steady::now();
  for (; next != accounts->end(); ++next) {
    if (!check(*next)) break;
    progress.last_maildrop = *next;
    shown.done.add();
    // A write a minute: after a crash a minute's maildrops are read again.
    if (Steady::now() - saved < kSaveInterval) continue;
    save(progress);
    saved = Steady::now();
  }
  progress.done = next == accounts->end();
  save(progress);
  if (!progress.done) return;
  services_.metrics.scrub_passes.add();
  spdlog::info("scrub pass maildrops={} began={}", accounts->size(), to_rfc3339(progress.began));
}

/// False: it is time to stop.
bool Scrub::check(const std::string& account) {
  const auto keep_pace = [this](std::uint64_t bytes) { return pace(bytes); };
  const auto damaged = check_(account, keep_pace);
  // A check that was cut short has seen only a part, so it tells nothing.
  if (wakeup_.stopped()) return false;
  if (damaged) {
    services_.metrics.damage_found.add(*damaged);
    if (*damaged > 0)
      spdlog::error("scrub account={} damaged={} see=\"restantectl maildrop check\"",
                    for_log(account), *damaged);
  } else if (damaged.error().code != Errc::kNotFound) {
    // Removed between the list and the look.
    services_.metrics.scrub_failures.add();
    spdlog::error("scrub failed account={} reason={}", for_log(account),
                  for_log(damaged.error().message()));
  }
  return true;
}

bool Scrub::pace(std::uint64_t bytes) {
  services_.metrics.scrub_bytes.add(bytes);
  const std::uint64_t rate = settings_.get()->config.maildrop.scrub_rate;
  // Read at its own pace: clients' reads come before it.
  return wakeup_.pause_until(budget_.spend(bytes, rate, Steady::now()));
}

void Scrub::save(const ScrubProgress& progress) const {
  const Status saved = save_progress(path_, progress);
  if (!saved) spdlog::warn("scrub: progress not saved reason={}", for_log(saved.error().message()));
}

}  // namespace restante::server
