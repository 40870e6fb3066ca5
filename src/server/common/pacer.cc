#include "server/common/pacer.h"

#include <algorithm>

namespace restante::server {

Budget::Time Budget::spend(std::uint64_t bytes, std::uint64_t rate, Time now) {
  const std::chrono::duration<double> cost(static_cast<double>(bytes) / static_cast<double>(rate));
  // What was not used does not add up: after a pause the disk is not read in one rush.
  free_at_ = std::max(free_at_, now) + std::chrono::duration_cast<Time::duration>(cost);
  return free_at_;
}

void Wakeup::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

void Wakeup::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

bool Wakeup::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void Wakeup::wait_until(Time time) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, time, [this] { return stopped_ || woken_; });
  // One wake is one look, however many came.
  woken_ = false;
}

bool Wakeup::pause_until(Time time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_until(lock, time, [this] { return stopped_; });
}

}  // namespace restante::server
