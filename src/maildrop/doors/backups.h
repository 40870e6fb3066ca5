// Backups of a data directory: making them beside a running server, proving them, putting them
// back. With open.h the only door to the back ends.
#pragma once

#include <optional>
#include <string>

#include "maildrop/back_end.h"
#include "maildrop/backup.h"

namespace restante::maildrop {

/// Durable after success. Errors: kIo, kFull, kClosed (the pace said stop), kExists (the folder has
/// other things), kBusy (another backup runs), kCorrupt (what the folder says of itself cannot be
/// read).
Result<BackupReport> make_backup(BackEnd back_end, const BackupRequest& request);

/// A backup says itself of which back end its maildrops are. Errors: kNotFound (no finished backup
/// is there), kCorrupt (what it says of itself cannot be read), kIo, kClosed. Damage to a file is
/// no error, but a problem.
Result<VerifyReport> verify_backup(disk::Disk& disk, const std::string& folder,
                                   const Expect& expect, const Pace& pace);

/// Errors: kExists (the directory is not empty, or a file's place is taken), kCorrupt (the backup
/// is damaged: nothing was touched), kNotFound, kIo, kFull, kClosed.
Result<RestoreReport> restore_backup(BackEnd back_end, const RestoreRequest& request);

/// Where the finished backup in `folder` has a maildrop: what Store::heal() takes; nothing if it
/// has none. Errors: kNotFound, kCorrupt, kIo, as verify_backup().
Result<std::optional<std::string>> find_in_backup(disk::Disk& disk, const std::string& folder,
                                                  const StoredMaildrop& maildrop);

}  // namespace restante::maildrop
