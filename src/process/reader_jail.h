// The jail of a process that reads hostile octets: it computes, reads the descriptors that it is
// given, and answers on one socket. It opens no file, runs no program, reaches no host; its time
// and its memory are bounded. A forbidden call fails, or ends the process.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/result.h"

namespace restante::process {

struct JailBounds {
  std::chrono::seconds processor{10};  ///< Of its whole life.
  /// Memory that it writes to: a mapped mail of any size does not count. Not under the sanitizers.
  std::uint64_t memory_bytes = 512ULL << 20;
};

/// For good, and before the first hostile octet. `socket` is what it may write to. Where the kernel
/// takes no filter the bounds hold alone. Errors: kIo (of bounds or filter: go no further).
Status enter_reader_jail(int socket, const JailBounds& bounds);

}  // namespace restante::process
