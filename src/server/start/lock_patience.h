// How long the server waits for a maildrop that another process has locked: the setting, and when
// it stops, less. Shared by the store, which asks, and the server, which changes its mind.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "disk/disk.h"

namespace restante::server {

/// Callable from any thread.
class LockPatience {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit LockPatience(std::chrono::milliseconds most) : most_(most) {}

  void set(std::chrono::milliseconds most) { most_ = most; }
  /// Every wait is over at `time`.
  void end_by(Time time) { end_ = time; }
  [[nodiscard]] bool goes_on(std::chrono::milliseconds waited, Time now) const {
    return waited < most_.load() && now < end_.load();
  }

 private:
  std::atomic<std::chrono::milliseconds> most_;
  std::atomic<Time> end_{Time::max()};
};

/// What the store asks.
inline disk::Patience ask(std::shared_ptr<const LockPatience> patience) {
  return [patience = std::move(patience)](std::chrono::milliseconds waited) {
    return patience->goes_on(waited, std::chrono::steady_clock::now());
  };
}

}  // namespace restante::server
