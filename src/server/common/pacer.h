// Keeps background work on the disk to a rate, and ends it at once when the server stops.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace restante::server {

/// How far work is ahead of its rate. It asks no clock.
class Budget {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Books `bytes` at `rate` bytes a second (not 0) and says until when to wait before more is
  /// done. Unused time counts for nothing: there are no bursts after a pause.
  Time spend(std::uint64_t bytes, std::uint64_t rate, Time now);

 private:
  Time free_at_{};  ///< When all that was booked is paid.
};

/// Wakes sleepers when it is time to stop, or to look again. Callable from any thread.
class Wakeup {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// For good.
  void stop();
  /// Ends the waits of now.
  void wake();
  [[nodiscard]] bool stopped() const;
  /// Returns at `time`, or earlier by wake() or stop(). A wake() since the last wait counts.
  void wait_until(Time time);
  /// Returns at `time` (true), or as soon as it is stopped (false).
  bool pause_until(Time time);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  bool woken_ = false;
};

}  // namespace restante::server
