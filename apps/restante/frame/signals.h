// SIGINT and SIGTERM as a wish to stop: work under way ends soon, and consistently. A second one
// ends the program at once.
#pragma once

#include <chrono>

#include "base/result.h"
#include "dial/stop_signal.h"

namespace restante::cli {

/// The one of this program, raised by the signals from the first call on; a closed connection is
/// then an error of a write, and no longer a signal. Errors: as StopSignal::create().
Result<const net::StopSignal*> stop_on_signals();

/// From now on SIGHUP does not end the program, but asks it to read its configuration again.
void reload_on_hangup();
/// Whether it was asked so since the last call.
bool take_reload();

/// Waits so long, or until stop is raised: then false.
bool wait_unless_stopped(const net::StopSignal& stop, std::chrono::milliseconds time);

}  // namespace restante::cli
