// Puts a backup into an empty data directory, after it was verified. Durable when done; until then
// a mark in the directory says that it is not, and only a restore may go on with it.
#pragma once

#include "maildrop/log/backup/verify.h"

namespace restante::backup {

using maildrop::RestoreReport;
using maildrop::RestoreRequest;

/// Errors: kExists (the directory is not empty, or a file's place is taken), kCorrupt (the backup
/// is damaged: nothing was touched), kNotFound, kIo, kFull, kClosed.
Result<RestoreReport> restore_backup(const RestoreRequest& request);

}  // namespace restante::backup
