#include "accounts/outage.h"

namespace restante::accounts {
namespace {

// Short enough that nobody waits for it who comes back after an outage, long enough that a server
// which comes up is not met by everybody at once.
constexpr auto kBetweenTries = std::chrono::seconds(1);

}  // namespace

Status Outage::may_ask(Time now) {
  const std::lock_guard lock(mutex_);
  if (!down_) return ok();
  if (now < next_try_) return Error(Errc::kIo, where_ + " is down: " + reason_);
  next_try_ = now + kBetweenTries;  // One tries; the others are refused until it knows.
  return ok();
}

void Outage::answered() {
  {
    const std::lock_guard lock(mutex_);
    if (!down_) return;
    down_ = false;
  }
  if (tell_) tell_(OutageNews(where_, ""));
}

void Outage::failed(const Error& error, Time now) {
  {
    const std::lock_guard lock(mutex_);
    reason_ = error.detail;
    next_try_ = now + kBetweenTries;
    if (down_) return;
    down_ = true;
  }
  if (tell_) tell_(OutageNews(where_, error.detail));
}

}  // namespace restante::accounts
