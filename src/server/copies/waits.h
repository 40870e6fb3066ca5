// How long a message waits for its next try, and how often a target hears from us. Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace restante::server {

inline constexpr std::chrono::milliseconds kFirstCopyWait = std::chrono::minutes(1);
inline constexpr std::chrono::milliseconds kLongestCopyWait = std::chrono::hours(1);

/// After this many failures (1 or more) in a row: a minute, twice as long each time, an hour at
/// most.
constexpr std::chrono::milliseconds copy_wait(std::uint64_t failures) {
  constexpr std::uint64_t kDoublingsMax = 10;
  const std::uint64_t doublings = std::min(failures, kDoublingsMax) - 1;
  return std::min<std::chrono::milliseconds>(kFirstCopyWait * (1LL << doublings), kLongestCopyWait);
}

/// Whether a try that was due at `next` may be made. A clock that was set back delays nothing for
/// longer than the longest wait.
constexpr bool is_due(WallTime next, WallTime now) {
  return next <= now || next > now + kLongestCopyWait;
}

/// Messages a minute, to one target. Unused ones are saved up for ten seconds.
class CopyRate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Books one message, if it may go now; `per_minute` 0: any may.
  bool take(std::uint32_t per_minute, Time now) {
    if (per_minute == 0) return true;
    const auto each = std::chrono::nanoseconds(std::chrono::minutes(1)) / per_minute;
    constexpr auto kSaved = std::chrono::seconds(10);
    free_at_ = std::max(free_at_, now - std::max<std::chrono::nanoseconds>(kSaved, each));
    if (free_at_ + each > now) return false;
    free_at_ += each;
    return true;
  }

 private:
  Time free_at_{};  ///< Up to when the rate is used up.
};

}  // namespace restante::server
