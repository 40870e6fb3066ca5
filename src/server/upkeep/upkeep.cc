#include "server/upkeep/upkeep.h"

#include <algorithm>

#include "base/thread.h"
#include "server/common/log.h"
#include "server/common/policy.h"
#include "server/delivery/quota_warnings.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

using Steady = std::chrono::steady_clock;

// After a start clients come first.
constexpr auto kFirstPassDelay = std::chrono::minutes(1);
// The least cost of a look at a maildrop: opening it reads its index.
constexpr std::uint64_t kVisitBytes = 64U << 10;
// A window is over in a later millisecond than the deletion's. Several deletions that come together
// get one look.
constexpr auto kAfterWindow = std::chrono::milliseconds(10);
// The longest wait of a pass for accounts that cannot be asked; the next pass is soon enough.
constexpr auto kInVainMax = std::chrono::seconds(30);

}  // namespace

Status Upkeep::start() {
  (void)may_delete();  // Reports a jump at the start, and writes the time down.
  RESTANTE_TRY(auto thread, start_thread([this] { run(); }));
  thread_ = std::move(thread);
  return ok();
}

void Upkeep::stop() {
  wakeup_.stop();
  // Last, so that the kept time is as late as can be: the next start measures a jump by it.
  if (thread_.joinable()) thread_.join();
  if (guard_ == nullptr) return;
  (void)guard_->look();
  guard_->save();
}

void Upkeep::deleted(const std::string& account) {
  const maildrop::Rules settings = settings_.get()->config.maildrop;
  // A pass comes before the window is over, or soon enough after it.
  // Its reclaiming would come no sooner by a look of its own.
  if (settings.undelete_window >= settings.upkeep_interval) return;
  {
    const std::lock_guard lock(queue_mutex_);
    queue_.add(account, Steady::now() + settings.undelete_window + kAfterWindow);
  }
  wakeup_.wake();
}

void Upkeep::run() {
  const auto interval = [this] { return settings_.get()->config.maildrop.upkeep_interval; };
  const auto first_delay = std::min<std::chrono::seconds>(interval(), kFirstPassDelay);
  // As if the last pass had been such that the first one comes after the delay.
  Steady::time_point last_pass = Steady::now() + first_delay - interval();
  while (!wakeup_.stopped()) {
    visit_due();
    if (Steady::now() >= last_pass + interval()) {
      last_pass = Steady::now();
      pass();
    }
    Steady::time_point next = last_pass + interval();
    {
      const std::lock_guard lock(queue_mutex_);
      next = std::min(next, queue_.next_due().value_or(next));
    }
    wakeup_.wait_until(next);
  }
}

void Upkeep::visit_due() {
  Tally tally;
  while (!wakeup_.stopped()) {
    std::optional<std::string> account;
    {
      const std::lock_guard lock(queue_mutex_);
      // Under its own mutex, and not while a maildrop is looked at: deletions come from sessions
      // that must not wait.
      account = queue_.take(Steady::now());
    }
    if (!account) return;
    visit(*account, tally);
  }
}

void Upkeep::pass() {
  const Steady::time_point began = Steady::now();
  const auto accounts = services_.store.accounts();
  if (!accounts) {
    services_.metrics.upkeep_failures.add();
    spdlog::error("upkeep: maildrops not listed reason={}", for_log(accounts.error().message()));
    return;
  }
  Tally tally;
  PassProgress& progress = services_.measures->upkeep;
  progress.maildrops.set(accounts->size());
  progress.done.set(0);
  for (const std::string& account : *accounts) {
    // A pass may take hours, and deletions that are due must not wait for it.
    visit_due();
    // A hundred thousand maildrops read one after the other would push all else out of the page
    // cache.
    // Paced by what it reads; most maildrops are as they were.
    if (!pace(kVisitBytes)) return;
    visit(account, tally);
    progress.done.add();
    // Each account costs its timeout when the directory is down; a hundred thousand would take
    // days.
    if (tally.in_vain < kInVainMax) continue;
    spdlog::warn("upkeep: the accounts do not answer; the rest of this pass is left to the next");
    break;
  }
  if (wakeup_.stopped()) return;
  if (!may_delete())
    spdlog::error("upkeep: nothing was done, the clock is {} hours ahead: see clock above",
                  std::chrono::duration_cast<std::chrono::hours>(guard_->ahead()).count());
  services_.metrics.upkeep_passes.add();
  // Of a pass that left some out the totals would be too small.
  if (tally.maildrops == accounts->size()) services_.measures->storage.set(tally.storage);
  log_pass(tally, std::chrono::duration_cast<std::chrono::seconds>(Steady::now() - began));
}

void Upkeep::log_pass(const Tally& tally, std::chrono::seconds took) const {
  const bool quiet = tally.report.expired == 0 && tally.report.reclaimed_bytes == 0;
  spdlog::log(quiet && tally.failed == 0 ? spdlog::level::debug : spdlog::level::info,
              "upkeep pass maildrops={} expired={} reclaimed_bytes={} failed={} seconds={}",
              tally.maildrops, tally.report.expired, tally.report.reclaimed_bytes, tally.failed,
              took.count());
}

/// An outage gets one line for all accounts.
std::optional<maildrop::UpkeepPolicy> Upkeep::policy_of(QuotaHolder& holder, Tally& tally) {
  const Steady::time_point asked = stopwatch_();
  auto policy = upkeep_policy(settings_.get()->config.maildrop, services_.directory, holder.account,
                              &holder.quota);
  if (policy) return *policy;
  // The time that was lost, not the number: a directory that refuses at once costs nothing.
  tally.in_vain += stopwatch_() - asked;
  ++tally.failed;
  services_.metrics.upkeep_failures.add();
  if (++tally.unanswered == 1)
    spdlog::error(
        "upkeep failed account={} reason={} (others whose account cannot be asked are "
        "counted only)",
        for_log(holder.account), for_log(policy.error().message()));
  return std::nullopt;
}

/// Asked before each maildrop: the clock may jump in the middle of a pass.
bool Upkeep::may_delete() {
  // Off by configuration, or in a tool.
  if (guard_ == nullptr) return true;
  const ClockGuard::Verdict verdict = guard_->look();
  const bool is_good =
      verdict == ClockGuard::Verdict::kGood || verdict == ClockGuard::Verdict::kGoodAgain;
  services_.metrics.clock_doubtful.set(is_good ? 0 : 1);
  if (verdict == ClockGuard::Verdict::kGoodAgain)
    spdlog::warn("clock: it is believed again; retention and reclaiming go on");
  if (verdict == ClockGuard::Verdict::kJumped) {
    spdlog::critical(
        "clock: it is {} hours ahead of when this server ran last; retention and reclaiming wait "
        "until it has gone on evenly for a day, or somebody says that it is right: restantectl "
        "upkeep --confirm-clock",
        std::chrono::duration_cast<std::chrono::hours>(guard_->ahead()).count());
  }
  return is_good;
}

/// A smaller quota, an import or a restore may have passed the level without a delivery.
// Told once: a view that is never used again would have a line with each pass.
void Upkeep::warn(const QuotaHolder& holder) {
  if (services_.quota_warnings == nullptr) return;
  const SettingsPtr settings = settings_.get();
  const WarningTerms terms = warning_terms(services_, settings->config);
  report_warning(holder.account, services_.quota_warnings->look(terms, holder), services_.metrics);
}

/// Once each, and again when a view was used meanwhile.
void Upkeep::tell_unused(const std::string& account, std::vector<std::string> views) {
  if (views.empty() && !unused_views_.contains(account)) return;
  std::vector<std::string>& told = unused_views_[account];
  // The clock may have jumped since the last maildrop.
  for (const std::string& view : views)
    if (std::ranges::find(told, view) == told.end())
      spdlog::info("view unused account={} view={}: nothing stays for it until its next login",
                   for_log(account), for_log(view));
  told = std::move(views);
  if (told.empty()) unused_views_.erase(account);
}

void Upkeep::visit(const std::string& account, Tally& tally) {
  if (!may_delete()) return;
  ++tally.maildrops;
  QuotaHolder holder{account, {}};
  const auto policy = policy_of(holder, tally);
  if (!policy) return;
  const auto keep_pace = [this](std::uint64_t bytes) { return pace(bytes); };
  const auto done = services_.store.upkeep(account, *policy, keep_pace);
  // After the look: what retention has just deleted may have made room.
  if (!done) {
    // An operator's command holds it, or the server stops: the next pass comes.
    // Read in the same look, since a second one would read the whole index again.
    if (done.error().code == Errc::kClosed || done.error().code == Errc::kBusy) return;
    ++tally.failed;
    services_.metrics.upkeep_failures.add();
    spdlog::error("upkeep failed account={} reason={}", for_log(account),
                  for_log(done.error().message()));
    return;
  }
  // Removed by rule and not by a person: the journal must be able to say which.
  warn(holder);
  tell_unused(account, done->unused_views);
  if (done->holding) tally.storage.add(account, *done->holding, holder.quota);
  if (done->expired == 0 && done->reclaimed_bytes == 0) return;
  tally.report.expired += done->expired;
  tally.report.reclaimed_bytes += done->reclaimed_bytes;
  services_.metrics.messages_expired.add(done->expired);
  services_.metrics.octets_deleted.add(done->expired_octets);
  services_.metrics.bytes_reclaimed.add(done->reclaimed_bytes);
  if (services_.journal != nullptr && done->expired > 0) {
    journal::Act act;
    act.kind = journal::Kind::kExpired;
    act.account = account;
    act.count = done->expired;
    services_.journal->note(std::move(act));
  }
  spdlog::info("upkeep account={} expired={} reclaimed_bytes={}", for_log(account), done->expired,
               done->reclaimed_bytes);
}

bool Upkeep::pace(std::uint64_t bytes) {
  const std::uint64_t rate = settings_.get()->config.maildrop.upkeep_rate;
  return wakeup_.pause_until(budget_.spend(bytes, rate, Steady::now()));
}

}  // namespace restante::server
