// The last part of a run: what waits in the queue is handed on, and the hook is told of new mail.
// No session is open meanwhile. Private to the collector.
#pragma once

#include "fetch/run.h"

namespace restante::fetch {

/// Gives each target what is due for it. A target that fails several times in a row is left alone
/// until the next run. Messages that are not to stay in the archive are removed from it when all
/// targets have them. Errors: the database's and the archive's; kState (stop was raised).
Status hand_on_due(Run& run);

/// Runs the account's hook for each new message: once, at most; that it fails is a note.
Status tell_hook(Run& run);

}  // namespace restante::fetch
