// Proves a backup, without the server and without what was backed up: every file's length and
// checksums, and every record of every log.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "disk/disk.h"
#include "maildrop/log/backup/manifest.h"
#include "maildrop/store.h"

namespace restante::backup {

struct VerifyReport {
  Manifest manifest;
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;  ///< In all logs, deleted ones too.
  struct Problem {
    std::string name;    ///< Of the file, as it is called where it belongs.
    std::string stored;  ///< Where it is in the backup.
    std::string what;
  };
  /// The backup is not what it was when it was made.
  std::vector<Problem> problems;
  /// The backup is as it was made, and holds damage that the log had before.
  std::vector<Problem> copied_damage;
};

/// Told how many bytes there are to read; may be empty.
using Expect = std::function<void(std::uint64_t bytes)>;

/// Errors: kNotFound (no finished backup is there), kCorrupt (its manifest cannot be read), kIo,
/// kClosed. Damage to a file is no error, but a problem.
Result<VerifyReport> verify_backup(disk::Disk& disk, const std::string& folder,
                                   const Expect& expect, const maildrop::Pace& pace);

/// The manifest of the finished backup in the folder. Errors: as above.
Result<Manifest> load_manifest(disk::Disk& disk, const std::string& folder);

}  // namespace restante::backup
