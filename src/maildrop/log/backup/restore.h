// Puts a backup into an empty data directory, after it was verified. Durable when done; until then
// a mark in the directory says that it is not, and only a restore may go on with it.
#pragma once

#include "maildrop/log/backup/verify.h"

namespace restante::backup {

/// In the data directory while a restore has begun and not ended.
inline constexpr const char* kUnfinishedName = "restore.unfinished";

struct RestoreRequest {
  RestoreRequest(disk::Disk& d, std::string source, std::string target)
      : disk(d), folder(std::move(source)), data_dir(std::move(target)) {}

  disk::Disk& disk;  ///< Not owned.
  std::string folder;
  std::string data_dir;  ///< Exists. The caller keeps servers away from it.
  /// Where a file that is no log goes, a whole path; empty: nowhere.
  std::function<std::string(const FileEntry&)> place_of;
  /// Names that may be in the data directory before: the lock.
  std::vector<std::string> allowed;
  /// Takes what can be read although the backup is damaged; logs bear it, message by message.
  bool despite_damage = false;
  Expect expect;
  maildrop::Pace pace;
  /// What makes the directory whole, before the mark goes; may be empty.
  std::function<Status()> before_end;
};

struct RestoreReport {
  VerifyReport verified;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> skipped;  ///< Names that were put nowhere.
};

/// Errors: kExists (the directory is not empty, or a file's place is taken), kCorrupt (the backup
/// is damaged: nothing was touched), kNotFound, kIo, kFull, kClosed.
Result<RestoreReport> restore_backup(const RestoreRequest& request);

}  // namespace restante::backup
