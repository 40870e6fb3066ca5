// One session of a run, from the login to QUIT. Private to the collector.
#pragma once

#include "fetch/run/run.h"
#include "fetch/session/session.h"

namespace restante::fetch {

/// How a session ended, and what there is for another one.
struct RoundEnd {
  Status status = ok();
  bool more = false;     ///< It was split, so that the server's deletions come into force.
  bool retry = false;    ///< Messages that failed before are due.
  bool settled = false;  ///< At least one message was dealt with.
  bool anew = false;     ///< It came to nothing, and another one goes about it differently.
  bool fatal = false;    ///< No other session would fare better.
};

/// `retry`: also fetch what failed before.
RoundEnd run_round(Run& run, bool retry);

}  // namespace restante::fetch
