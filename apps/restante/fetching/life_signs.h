// What systemd is told while we watch: that the program lives (WATCHDOG=1), as often as its unit
// asks (WatchdogSec=). The main loop says it, so a loop that hangs is silent; and so it is while a
// watched thread has not gone on for longer than anything it waits for may take.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "dial/notify.h"
#include "dial/pulse.h"
#include "profile/profile.h"

namespace restante::cli {

/// Longer than the longest single wait of an account's thread.
std::chrono::seconds silence_max(const profile::Account& account);

/// Used by one thread.
class LifeSigns {
 public:
  using Clock = net::Pulse::Clock;

  /// `interval` is the unit's; zero: nothing is ever told. The supervisor outlives this.
  LifeSigns(const net::Supervisor& supervisor, std::chrono::microseconds interval)
      : supervisor_(supervisor), interval_(interval) {}

  [[nodiscard]] bool wanted() const { return interval_.count() > 0; }
  /// The time between two calls of tell(), at least a millisecond.
  [[nodiscard]] std::chrono::milliseconds pause() const;

  /// A thread from now on, until forget(); `pulse` outlives that.
  void expect(const net::Pulse& pulse, std::string name, std::chrono::seconds silence);
  /// No thread is expected any more.
  void forget() { threads_.clear(); }

  /// Tells that we live, when it is time and it is true. The names of threads that are stuck, each
  /// once as long as it is.
  std::vector<std::string> tell(Clock::time_point now = Clock::now());

 private:
  struct Thread {
    const net::Pulse* pulse;
    std::string name;
    std::chrono::seconds silence;
    bool is_stuck;
  };

  const net::Supervisor& supervisor_;
  std::chrono::microseconds interval_;
  std::vector<Thread> threads_;
  Clock::time_point told_;  // The epoch: never.
};

}  // namespace restante::cli
