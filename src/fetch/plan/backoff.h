// How long to wait before something that failed is tried again: longer each time, and never at the
// same moment as others. Pure: time and chance are passed in.
#pragma once

#include <chrono>
#include <cstdint>

namespace restante::fetch {

/// The wait after the `attempts`th failure in a row (1..): 5 minutes, 20 minutes, 80 minutes, …,
/// at most a day. 0 attempts: no wait.
std::chrono::seconds retry_delay(std::uint32_t attempts);

/// No wait of ours is longer: a time that is further away was written by a clock that was wrong.
inline constexpr std::chrono::days kRetryWithin{8};

/// The wait of `fetch --watch` before the next poll, after `failures` in a row: the interval,
/// doubled for each, at most an hour (or the interval, if that is longer); then up to a tenth more
/// by `chance` (0..1), so that many clients do not come at once.
std::chrono::milliseconds poll_delay(std::chrono::seconds interval, std::uint32_t failures,
                                     double chance);

/// How long a run waits for its next session when `broken` ones, at least 1, have ended one after
/// the other before their time: the first may have been the network's fault, or a message's; a
/// server that throttles is given time, up to 8 s.
std::chrono::milliseconds session_delay(int broken);

}  // namespace restante::fetch
