// Copies one log into a backup: its whole records up to the end that it has at this moment. Only
// what is new when the same log was copied before.
#pragma once

#include "maildrop/log/backup/folder.h"
#include "maildrop/store.h"

namespace restante::backup {

struct LogCopy {
  FileEntry entry;
  std::uint64_t copied = 0;  ///< Bytes written now.
  /// Bytes behind the last whole record, not copied: torn by a crash, or damaged.
  std::uint64_t torn = 0;
};

struct LogSource {
  std::string path;
  std::string name;  ///< Below the data directory.
};

/// Where the log ends while no process writes it, after it was made durable that far: so no crash
/// of the source can take back what a backup has. The append lock is held only meanwhile.
/// Errors: kIo, kNotFound.
Result<disk::FileStatus> durable_status(disk::File& log);

/// Bytes that a copy will read, as far as can be told beforehand.
std::uint64_t bytes_to_copy(const disk::FileStatus& status, const FileEntry* before);

/// `before`: the entry of the backup in force, to go on from it; null: copy all. Durable after
/// success but for its name. Nothing when the log never held mail. Errors: kIo, kFull, kClosed.
Result<std::optional<LogCopy>> copy_log(Folder& folder, const LogSource& source,
                                        std::uint64_t serial, const FileEntry* before,
                                        const maildrop::Pace& pace);

}  // namespace restante::backup
