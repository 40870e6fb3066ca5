#include "accounts/outage.h"

namespace restante::accounts {
namespace {

// Short enough that a user who comes back after an outage does not notice it, long enough that a
// server which comes up is not met by all clients at once.
constexpr auto kBetweenTries = std::chrono::seconds(1);
// This number of questions without an answer, and no answer between them, means that the back end
// is down, not slow.
constexpr int kUnansweredMax = 3;
constexpr auto kBetweenComplaints = std::chrono::minutes(1);

}  // namespace

Status Outage::is_worth_waiting(Time now) {
  const std::lock_guard lock(mutex_);
  if (down_ && now < next_try_) return down();
  return ok();
}

Status Outage::may_ask(Time now) {
  const std::lock_guard lock(mutex_);
  if (!down_) return ok();
  if (now < next_try_) return down();
  next_try_ = now + kBetweenTries;  // One tries; the others are refused until it knows.
  return ok();
}

void Outage::answered(Time now) {
  {
    const std::lock_guard lock(mutex_);
    last_answer_ = now;
    unanswered_ = 0;
    if (!down_) return;
    down_ = false;
  }
  if (tell_) tell_(OutageNews(OutageNews::Kind::kBack, where_, ""));
}

void Outage::failed(const Error& error, Time now) {
  {
    const std::lock_guard lock(mutex_);
    reason_ = error.detail;
    // Counted from the failure, so that a server that hangs is not asked by the next at once.
    next_try_ = now + kBetweenTries;
    if (down_) return;
    down_ = true;
  }
  // Outside the mutex: who is told may log, which may wait.
  if (tell_) tell_(OutageNews(OutageNews::Kind::kDown, where_, error.detail));
}

void Outage::unanswered(const Error& error, Time asked, Time now) {
  {
    const std::lock_guard lock(mutex_);
    // An answer came after the question: the back end works, and only this connection is slow.
    if (last_answer_ >= asked && !down_) return;
    // One that is down already stays so: no count is needed.
    if (++unanswered_ < kUnansweredMax && !down_) return;
  }
  failed(error, now);
}

void Outage::complained(const Error& error, Time now) {
  {
    const std::lock_guard lock(mutex_);
    if (complained_ && now < *complained_ + kBetweenComplaints) return;
    complained_ = now;
  }
  if (tell_) tell_(OutageNews(OutageNews::Kind::kComplains, where_, error.detail));
}

}  // namespace restante::accounts
