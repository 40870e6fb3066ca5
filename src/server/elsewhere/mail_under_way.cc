#include "server/elsewhere/mail_under_way.h"

namespace restante::server {

std::shared_ptr<const void> MailUnderWay::begin() {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = next_++;
    // In the order of their beginnings, so that the oldest is the first.
    open_.insert(number);
  }
  const auto end = [this, number](const void* /*nothing*/) {
    const std::lock_guard lock(mutex_);
    open_.erase(number);
    changed_.notify_all();
  };
  return {static_cast<const void*>(this), end};
}

std::uint64_t MailUnderWay::begun() {
  const std::lock_guard lock(mutex_);
  return next_;
}

bool MailUnderWay::wait_for(std::uint64_t begun, std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  const auto has_ended = [this, begun] {
    // Only what had begun before counts: new mail, which comes all the time, knows the new place
    // already.
    return is_over_ || open_.empty() || *open_.begin() >= begun;
  };
  // A stop is no end of that mail: the caller must not go on as if it were.
  return changed_.wait_until(lock, deadline, has_ended) && !is_over_;
}

void MailUnderWay::stop() {
  const std::lock_guard lock(mutex_);
  is_over_ = true;
  changed_.notify_all();
}

}  // namespace restante::server
