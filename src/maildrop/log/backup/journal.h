// The list of files that a running backup has copied already, so that one that was cut short goes
// on where it stood. A help, not a promise: what it says of a file is believed only as far as the
// file is there and is the beginning of the log; nothing waits for it to be durable.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "maildrop/log/backup/folder.h"

namespace restante::backup {

/// Callable from any thread, after open().
class Journal {
 public:
  using Entries = std::map<std::string, FileEntry>;  ///< By name.

  explicit Journal(Folder& folder) : folder_(folder) {}

  /// What the backup with this number had noted when it was cut short; then notes behind that.
  Entries open(std::uint64_t serial);
  /// A file is copied, and durable but for its name.
  void note(const FileEntry& file);
  /// The backup is in force, and the notes are of no use any more.
  void remove();

 private:
  Folder& folder_;
  std::mutex mutex_;
  std::unique_ptr<disk::File> file_;  // Null: there will be no notes.
  std::uint64_t end_ = 0;
};

}  // namespace restante::backup
