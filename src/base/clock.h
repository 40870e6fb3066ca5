// Time as a dependency: sans-IO code and the store are handed a Clock and never ask the system.
#pragma once

#include <chrono>
#include <string>

namespace restante {

/// Wall-clock time, UTC, in milliseconds: what arrival times and trace headers need.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  /// The present moment. Callable from any thread.
  [[nodiscard]] virtual WallTime now() const = 0;
};

/// The machine's clock. Callable from any thread.
const Clock& system_clock();

/// A clock that stands still until told: for tests.
class ManualClock : public Clock {
 public:
  explicit ManualClock(WallTime start = {}) : now_(start) {}
  [[nodiscard]] WallTime now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  WallTime now_;
};

/// "Sat, 21 Nov 2026 22:08:59 +0000" (RFC 5322 s.3.3), always in UTC.
std::string to_rfc5322(WallTime time);
/// "2026-11-21T22:08:59.123Z" (RFC 3339).
std::string to_rfc3339(WallTime time);

}  // namespace restante
