// Where a program of this machine or another listens, as the configuration writes it: "host:port",
// "[v6]:port" or "unix:/path".
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "dial/stop_signal.h"
#include "dial/stream.h"

namespace restante::fetch {

/// A stream to it, whose reads and writes have the same time as the connecting. `stop` outlives it.
/// Errors: kSyntax, kLimit (a path that is too long for a socket), kNotFound, kIo, kTimeout,
/// kState.
Result<std::unique_ptr<net::ClientStream>> connect_to(const std::string& target,
                                                      std::chrono::milliseconds timeout,
                                                      const net::StopSignal& stop);

}  // namespace restante::fetch
