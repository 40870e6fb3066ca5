#include "fetch/state/clock_doubt.h"

namespace restante::fetch {

ClockMemory look_at_clock(ClockMemory memory, std::chrono::sys_seconds now) {
  if (memory.last) {
    const auto passed = now - *memory.last;
    // Both ways: a clock that is set back makes everything look young, and then old at once.
    if (passed < -kJumpBack || passed > kJumpAhead) {
      memory.doubted_since = now;
    } else if (memory.doubted_since && now - *memory.doubted_since >= kClockAgrees) {
      memory.doubted_since.reset();
    }
  }
  memory.last = now;
  return memory;
}

}  // namespace restante::fetch
