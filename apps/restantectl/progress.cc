#include "restantectl/progress.h"

#include <condition_variable>
#include <mutex>

namespace restante::ctl {
namespace {

void wait_until(TimePoint time) {
  std::mutex mutex;
  std::condition_variable nobody;
  std::unique_lock lock(mutex);
  nobody.wait_until(lock, time, [] { return false; });
}

}  // namespace

TimePoint RateLimit::next(std::uint64_t bytes, TimePoint now) {
  if (rate_ == 0) return now;
  const std::chrono::duration<double> cost(static_cast<double>(bytes) / static_cast<double>(rate_));
  free_ = std::max(free_, now) + std::chrono::duration_cast<TimePoint::duration>(cost);
  return free_;
}

void Progress::add(std::uint64_t bytes) {
  const TimePoint now = std::chrono::steady_clock::now();
  shown_.add(bytes);
  const TimePoint next = limit_.next(bytes, now);
  if (next > now) wait_until(next);
}

maildrop::Pace Progress::pace() {
  return [this](std::uint64_t bytes) {
    add(bytes);
    return true;
  };
}

}  // namespace restante::ctl
