// Before a message is deleted on the server, it is looked for here once more: its file, with its
// size, and its octets, unless they came in this very run. Private to the collector.
#pragma once

#include <vector>

#include "fetch/run/run.h"
#include "fetch/session/session.h"

namespace restante::fetch {

struct ReadBack {
  std::vector<Deletion> messages;  ///< Those that are whole here, or were removed on purpose.
  bool fetch_again = false;        ///< The others are to be fetched in another session.
};

/// Tells of each that is damaged or gone, and marks it to be fetched again, once in a run. The
/// server hears from us while many are read. Errors: of the database, and of the session.
Result<ReadBack> read_back(Run& run, Session& session, std::vector<Deletion> deletions);

}  // namespace restante::fetch
