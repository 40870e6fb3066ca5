// Makes a backup of a data directory beside a running server.
//
// Each log is copied up to the end that it has when its turn comes; that prefix is a valid log. The
// folder always holds one finished backup: files are added or made longer, never changed within
// what the manifest in force counts, and the new manifest takes over in one step at the end. A
// crash, or a stop, at any moment leaves the backup before it, and the next one goes on with what
// was copied.
#pragma once

#include "maildrop/backup.h"
#include "maildrop/log/backup/log_copy.h"

namespace restante::backup {

using maildrop::BackupMode;
using maildrop::BackupReport;
using maildrop::BackupRequest;
using maildrop::Extra;

/// Durable after success. Errors: kIo, kFull, kClosed (the pace said stop), kExists (the folder has
/// other things), kBusy (another backup runs), kCorrupt (the manifest in it cannot be read).
Result<BackupReport> make_backup(const BackupRequest& request);

}  // namespace restante::backup
