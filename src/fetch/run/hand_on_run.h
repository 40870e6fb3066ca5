// The last part of a run: what waits in the queue is handed on, and the hook is told of new mail.
// No session is open meanwhile. Private to the collector.
#pragma once

#include "fetch/run/run.h"

namespace restante::fetch {

/// Gives each target what is due for it, in the order of arrival. A target that takes nothing is
/// left alone until the next run, as is one that fails several times in a row; what fails for days
/// is given up and told. Then the hook is run for each new message, in the same way. Messages that
/// are not to stay in the archive are removed from it when all targets have them. Errors: the
/// database's and the archive's; kState (stop was raised).
Status hand_on_due(Run& run);

}  // namespace restante::fetch
