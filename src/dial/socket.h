// A client's waits on one non-blocking socket: each ends at a deadline, or when stop is raised.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "dial/stop_signal.h"

namespace restante::net {

using Deadline = std::chrono::steady_clock::time_point;

/// How long, and what ends it before.
struct Patience {
  Deadline deadline;
  const StopSignal& stop;

  /// Milliseconds for poll(2), rounded up; 0: the deadline has passed.
  [[nodiscard]] int left() const;
};

/// The error that a raised StopSignal makes of every wait.
Error stopped();

/// Until one of `events` (POLLIN, POLLOUT) is there, or the connection has failed. Errors:
/// kTimeout, kState, kIo.
Status wait_for(int socket, short events, const Patience& patience);
/// Until all is sent. Errors: those, and kClosed.
Status send_all(int socket, std::string_view bytes, const Patience& patience);
/// At least one octet. Errors: as send_all().
Result<std::size_t> receive_some(int socket, MutableBytes target, const Patience& patience);
/// All of `target`. Errors: as send_all().
Status receive_exactly(int socket, MutableBytes target, const Patience& patience);

}  // namespace restante::net
