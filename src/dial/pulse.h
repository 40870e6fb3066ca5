// When a thread was last seen to go on, for a watchdog on another one. A thread's StopSignal keeps
// it (watched()): work that may take long asks that signal before each wait and between two steps.
#pragma once

#include <atomic>
#include <chrono>

namespace restante::net {

class Pulse {
 public:
  using Clock = std::chrono::steady_clock;

  void beat() noexcept { seen_.store(Clock::now().time_since_epoch().count()); }
  /// Nothing more is expected of the thread.
  void rest() noexcept { seen_.store(Clock::time_point::max().time_since_epoch().count()); }
  /// From any thread.
  [[nodiscard]] Clock::time_point seen() const noexcept {
    return Clock::time_point(Clock::duration(seen_.load()));
  }

 private:
  std::atomic<Clock::rep> seen_{Clock::now().time_since_epoch().count()};
};

}  // namespace restante::net
