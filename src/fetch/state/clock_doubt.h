// Whether the clock may be believed where a message's age deletes it. A clock that jumps makes all
// mail look old: then nothing is deleted by age until the user has confirmed it, or until the clock
// has agreed with itself for a day. Pure: it is told the time.
//
// Weak: a clock that was wrong for a day is believed.
#pragma once

#include <chrono>
#include <optional>

namespace restante::fetch {

/// What is kept from run to run, an account.
struct ClockMemory {
  std::optional<std::chrono::sys_seconds> last;           ///< When the last run looked.
  std::optional<std::chrono::sys_seconds> doubted_since;  ///< nullopt: it is believed.

  [[nodiscard]] bool is_doubted() const { return doubted_since.has_value(); }
};

inline constexpr std::chrono::days kJumpBack{1};
/// A month, and what a time zone or a late run adds to it.
inline constexpr std::chrono::days kJumpAhead{32};
inline constexpr std::chrono::hours kClockAgrees{24};

/// What is known after another look, at `now`.
ClockMemory look_at_clock(ClockMemory memory, std::chrono::sys_seconds now);

}  // namespace restante::fetch
