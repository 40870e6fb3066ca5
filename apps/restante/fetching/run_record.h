// The result of a run is written down, for `restante status`; and a failure that lasts too long is
// told to a user who does not look: on the desktop, and as a message in the archive.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "dial/stop_signal.h"
#include "fetch/plan/report.h"
#include "profile/profile.h"

namespace restante::cli {

struct RunEnd {
  const profile::Profile& profile;
  const profile::Account& account;
  const fetch::Report& report;
  const net::StopSignal& stop;
  /// To the account's next look, where it is known.
  std::optional<std::chrono::milliseconds> next;
  bool seen = false;  ///< A person reads the result at a terminal.
};

/// What could not be written down or told; empty: all is well. Where there is no archive yet there
/// is nothing to write into, and that is no failure of its own. From any thread.
std::string keep_record(const RunEnd& run);

}  // namespace restante::cli
