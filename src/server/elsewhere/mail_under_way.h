// Mail whose destination was looked up, and that is not there yet. When an account has moved, mail
// that set out for its old server before may still arrive there: who fetches the rest waits for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>

namespace restante::server {

/// Callable from any thread.
class MailUnderWay {
 public:
  /// A mail that is about to be looked up, until what this gives is destroyed. Does not outlive
  /// this object.
  [[nodiscard]] std::shared_ptr<const void> begin();

  /// What has begun by now, for wait_for().
  [[nodiscard]] std::uint64_t begun();
  /// Waits until all of that has ended. False: it has not by `deadline`, or stop() was called.
  [[nodiscard]] bool wait_for(std::uint64_t begun, std::chrono::steady_clock::time_point deadline);

  /// All waits end.
  void stop();

 private:
  std::mutex mutex_;  ///< Guards everything below.
  std::condition_variable changed_;
  std::uint64_t next_ = 0;
  std::set<std::uint64_t> open_;
  bool is_over_ = false;
};

}  // namespace restante::server
