// Hears the output of a child as it comes, within a time and until the caller's stop signal.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "programs/child.h"

namespace restante::programs {

enum class Until : std::uint8_t {
  kItsEnd,   ///< Programs that it has started and left may go on, unheard.
  kSilence,  ///< Until no process has the other end of the pipe, either.
};

struct Hearing {
  std::string name;  ///< Of the program, for messages.
  Until until = Until::kItsEnd;
  std::chrono::milliseconds timeout;
  /// Asked before each wait: a descriptor that is readable when all has to stop.
  std::function<int()> stop;
  /// Takes the next piece, which is wiped afterwards.
  std::function<Status(std::string_view)> take;
};

/// Hears all that comes out of the pipe; Child::wait() returns at once afterwards. Errors:
/// kTimeout, kState (stop), kIo, those of `take`: then it runs still.
Status hear_out(const Child& child, const files::Descriptor& pipe, const Hearing& hearing);

}  // namespace restante::programs
