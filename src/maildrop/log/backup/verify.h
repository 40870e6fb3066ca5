// Proves a backup, without the server and without what was backed up: every file's length and
// checksums, and every record of every log.
#pragma once

#include <string>

#include "disk/disk.h"
#include "maildrop/backup.h"
#include "maildrop/log/backup/manifest.h"

namespace restante::backup {

using maildrop::Expect;
using maildrop::VerifyReport;

/// Errors: kNotFound (no finished backup is there), kCorrupt (its manifest cannot be read), kIo,
/// kClosed. Damage to a file is no error, but a problem.
Result<VerifyReport> verify_backup(disk::Disk& disk, const std::string& folder,
                                   const Expect& expect, const maildrop::Pace& pace);

/// The same for the files of a manifest that was read before.
Result<VerifyReport> verify_files(disk::Disk& disk, const std::string& folder,
                                  const Manifest& manifest, const Expect& expect,
                                  const maildrop::Pace& pace);

/// The manifest of the finished backup in the folder. Errors: as above.
Result<Manifest> load_manifest(disk::Disk& disk, const std::string& folder);

}  // namespace restante::backup
