#include "fetch/run/hand_on_run.h"

#include <fmt/format.h>

#include <functional>

#include "fetch/hand_on/hand_on_names.h"
#include "fetch/hand_on/hand_on_target.h"
#include "fetch/plan/backoff.h"
#include "fetch/run/hook.h"
#include "fetch/run/passing.h"

namespace restante::fetch {
namespace {

// Read in groups: a queue of years would not fit into memory, and most of it is not due.
constexpr std::size_t kTargetsAtOnce = 100;
// Three different messages put off in a row: the next would be, too.
constexpr int kTargetFailuresInARow = 3;
constexpr std::uint32_t kRefusedAttempts = 10;  // As if it had failed so often: once a day.
// RFC 5321 s.4.5.4.1. A clock that was wrong for one run is no reason to give up.
constexpr std::chrono::days kPatience{5};
constexpr std::uint32_t kTriesMin = 5;

/// One target's part of the queue.
class TargetRun {
 public:
  TargetRun(Run& run, HandOnQueue& queue, std::string name, HandOnSession& session)
      : run_(run), queue_(queue), name_(std::move(name)), session_(session) {}

  /// `prepare` is called before the first message: a verdict other than kTaken ends it.
  Status perform(const std::function<HandOnVerdict()>& prepare) {
    const Seconds now = run_.local.now();
    std::int64_t after = 0;
    for (;;) {
      RESTANTE_TRY(const std::vector<HandOnItem> items,
                   queue_.due(name_, now, kTargetsAtOnce, after));
      if (items.empty() || !goes_on()) break;
      // Only now that something is due: a person may have to type the secret.
      if (after == 0)
        if (HandOnVerdict verdict = prepare(); verdict.kind != HandOnVerdict::Kind::kTaken)
          RESTANTE_CHECKED(settle(items.front(), verdict));
      for (const HandOnItem& item : items) {
        if (!goes_on()) break;
        RESTANTE_CHECKED(give(item));
      }
      // A message that was put off must not come twice in one run.
      after = items.back().id;
    }
    if (given_ > 0) RESTANTE_CHECKED(queue_.note_attempt(name_, run_.local.now(), ""));
    return report();
  }

 private:
  [[nodiscard]] bool goes_on() const { return !is_down_ && failures_ < kTargetFailuresInARow; }

  Status give(const HandOnItem& item) {
    const auto place = run_.local.mailbox().find(item.sha256);
    // It was removed from the archive: there is nothing to hand on.
    if (!place) return queue_.done(item);
    const Result<HandOnMessage> message =
        // A file that cannot be read is that message's fault, and not the target's.
        HandOnMessage::open(run_.local.mailbox().path_of(*place), item.sha256);
    return settle(item, message ? session_.give(*message) : refused(message.error().detail));
  }

  Status settle(const HandOnItem& item, const HandOnVerdict& verdict) {
    switch (verdict.kind) {
      case HandOnVerdict::Kind::kTaken:
        failures_ = 0;
        ++given_;
        return queue_.done(item);
      // Stopped by its owner: no attempt, and no failure.
      case HandOnVerdict::Kind::kStopped: return Error(Errc::kState, "stopped");
      case HandOnVerdict::Kind::kDown:
        is_down_ = true;
        down_reason_ = verdict.reason;
        note_failure("not handed on yet", verdict.reason);
        // Noted without counting: the message is not at fault that its target is down.
        return queue_.note_attempt(name_, run_.local.now(), verdict.reason);
      case HandOnVerdict::Kind::kLater:
      case HandOnVerdict::Kind::kUnanswered:
        // No answer may mean that it was taken: it waits longer, so that a double is rare.
        return put_off(item, item.attempts + 1, verdict.reason);
      case HandOnVerdict::Kind::kRefused:
        return put_off(item, std::max(item.attempts + 1, kRefusedAttempts), verdict.reason);
    }
    return ok();
  }

  Status put_off(const HandOnItem& item, std::uint32_t attempts, const std::string& reason) {
    ++failures_;
    HandOnFailure failure{run_.local.now(), {}, reason, HandOnState::kWaiting};
    failure.retry_after = failure.now + retry_delay(attempts);
    // Days alone do not count: a computer that was off for a week has to get its tries.
    const bool is_old = item.failed != Seconds() && failure.now - item.failed >= kPatience;
    if (is_old && item.attempts + 1 >= kTriesMin) {
      failure.state = HandOnState::kGivenUp;
      ++given_up_;
      note_failure("given up after five days (restante queue list)", reason);
    } else {
      note_failure("not handed on yet", reason);
    }
    RESTANTE_CHECKED(queue_.note_attempt(name_, failure.now, reason));
    return queue_.failed(item, failure);
  }

  void note_failure(std::string_view what, const std::string& reason) {
    is_told_ = true;
    run_.note(fmt::format("{}: {}: {}", what, name_, reason));
  }

  Status report() {
    RESTANTE_TRY(const HandOnCounts counts, queue_.counts(name_));
    run_.report.handed_on += given_;
    // What waits is counted anew, since other runs may have added to it.
    run_.report.to_hand_on += counts.waiting;
    run_.report.given_up += given_up_;
    run_.report.targets.push_back(
        {name_, given_, counts.waiting, counts.given_up, is_down_ ? down_reason_ : counts.reason});
    if (counts.waiting > 0 && !is_told_)
      run_.note(fmt::format("{} wait for {}{}{}; see restante queue list", counts.waiting, name_,
                            counts.reason.empty() ? "" : ": ", counts.reason));
    return ok();
  }

  Run& run_;
  HandOnQueue& queue_;
  const std::string name_;
  HandOnSession& session_;
  std::uint64_t given_ = 0;
  std::uint64_t given_up_ = 0;
  int failures_ = 0;
  bool is_down_ = false;
  std::string down_reason_;
  bool is_told_ = false;
};

/// A target without a credential waits, as one that is down.
HandOnVerdict get_credential(const Run& run, HandOnTask& task) {
  const bool needed =
      task.target.secret.kind != profile::SecretSource::Kind::kNone || !task.target.user.empty();
  if (!needed || !run.options.credential) return taken();
  Result<Credential> credential =
      run.options.credential(login_of(run.options.account, task.target));
  if (!credential && credential.error().code == Errc::kState) return verdict_of(credential.error());
  if (!credential) return down(credential.error().detail);
  task.credential = std::move(*credential);
  return taken();
}

Status hand_on_to(Run& run, HandOnQueue& queue, const profile::HandOn& target) {
  HandOnTask task(target, run.options.stop);
  task.account = run.options.account.name;
  task.database = &run.local.database();
  const std::unique_ptr<HandOnSession> session = hand_on_session(task);
  return TargetRun(run, queue, destination_of(target), *session).perform([&] {
    return get_credential(run, task);
  });
}

Status tell_hook(Run& run, HandOnQueue& queue) {
  const std::unique_ptr<HandOnSession> hook = hook_session(run);
  return TargetRun(run, queue, std::string(kHookName), *hook).perform(taken);
}

/// Messages that wait for a target which is no longer in the configuration are not forgotten.
Status tell_strangers(Run& run, HandOnQueue& queue, std::vector<std::string> known) {
  if (!run.options.account.on_message.empty()) known.emplace_back(kHookName);
  RESTANTE_TRY(const std::vector<std::string> strangers, queue.strangers(known));
  for (const std::string& name : strangers) {
    RESTANTE_TRY(const HandOnCounts counts, queue.counts(name));
    run.report.to_hand_on += counts.waiting;
    run.report.targets.push_back({name, 0, counts.waiting, counts.given_up, counts.reason});
    if (counts.waiting > 0)
      run.note(
          fmt::format("{} wait for {}, which is not in the configuration any more; "
                      "restante queue move or drop",
                      counts.waiting, name));
  }
  return ok();
}

}  // namespace

Status hand_on_due(Run& run) {
  const profile::Account& account = run.options.account;
  if (!account.hand_on.empty() || !account.on_message.empty())
    run.observer.entered(Phase::kHandingOn);
  RESTANTE_TRY(HandOnQueue queue, HandOnQueue::open(run.local.database(), account.name));
  for (const profile::HandOn& target : account.hand_on)
    RESTANTE_CHECKED(hand_on_to(run, queue, target));
  if (!account.on_message.empty()) RESTANTE_CHECKED(tell_hook(run, queue));
  const std::vector<std::string> destinations = destinations_of(account);
  RESTANTE_CHECKED(tell_strangers(run, queue, destinations));
  // Only what is finished at all places may leave.
  return account.keep_in_archive ? ok() : remove_passed(run, queue, destinations);
}

}  // namespace restante::fetch
