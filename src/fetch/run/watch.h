// `fetch --watch` for one account: poll, wait, poll again, until it is stopped or the configuration
// has changed. Failed polls are repeated less and less often (backoff.h), also after a refused
// login: a password may be mended, and so few attempts lock no account.
#pragma once

#include <chrono>
#include <functional>

#include "dial/stop_signal.h"
#include "fetch/plan/report.h"

namespace restante::fetch {

enum class WatchEnd : std::uint8_t {
  kStopped,
  kChanged,  ///< `changed` said so: read the configuration again, and watch again.
};

struct WatchOptions {
  explicit WatchOptions(const net::StopSignal& s) : stop(s) {}

  const net::StopSignal& stop;  ///< Outlives the watching.
  std::chrono::seconds interval{300};
  /// One run over the account.
  std::function<Report()> poll;
  /// Told of each run's report and of the time to the next one.
  std::function<void(const Report&, std::chrono::milliseconds)> told;
  /// Asked between polls, every few seconds; empty: never changed.
  std::function<bool()> changed;
  /// 0 to 1, evenly: the jitter. Empty: from the system.
  std::function<double()> chance;
  /// Waits so long or until `stop` is raised. Empty: it does; a test may not.
  std::function<void(std::chrono::milliseconds)> wait;
};

/// Blocks. The first poll is at once.
WatchEnd watch(const WatchOptions& options);

}  // namespace restante::fetch
