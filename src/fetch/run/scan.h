// The virus scan of one account's mail: what waits for it is shown to clamd, and then becomes a
// message of the mailbox, or stays in quarantine, or waits on. Private to the collector. Nothing
// here touches the server: what is scanned is durable already.
#pragma once

#include "fetch/run/run.h"

namespace restante::fetch {

/// Scans what is due. That clamd is down, or cannot scan a message, is no Error: it is told,
/// counted in Report::unscanned, and tried again in the next run. Errors: the disk's and the
/// database's, and kState (stop was raised).
Status scan_due(Run& run);

}  // namespace restante::fetch
