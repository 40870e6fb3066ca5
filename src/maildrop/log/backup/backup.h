// Makes a backup of a data directory beside a running server.
//
// Each log is copied up to the end that it has when its turn comes; that prefix is a valid log. The
// folder always holds one finished backup: files are added or made longer, never changed within
// what the manifest in force counts, and the new manifest takes over in one step at the end. A
// crash, or a stop, at any moment leaves the backup before it, and the next one goes on with what
// was copied.
#pragma once

#include "maildrop/log/backup/log_copy.h"

namespace restante::backup {

/// A file that is no log, as its owner copies it: the accounts, the configuration.
struct Extra {
  FileKind kind{};
  std::string name;  ///< "accounts/accounts.db", "config/restante.toml".
  /// Writes the copy to this path, which is an empty file, private.
  std::function<Status(const std::string& path)> write;
};

enum class BackupMode : std::uint8_t {
  kFull,
  kIncremental,  ///< Of logs that have only grown, what is new; a full one if there is none before.
};

struct BackupRequest {
  BackupRequest(disk::Disk& d, std::string source, std::string target)
      : disk(d), data_dir(std::move(source)), folder(std::move(target)) {}

  disk::Disk& disk;  ///< Not owned.
  std::string data_dir;
  std::string folder;
  BackupMode mode = BackupMode::kFull;
  WallTime now{};
  std::vector<Extra> extras;
  std::size_t threads = 1;  ///< That copy logs; more than the disk takes at a time are of no use.
  /// Whether data_dir is still the one that it was: asked before the new backup takes over from the
  /// one before; may be empty.
  std::function<Status()> still_there;
  std::function<void(std::uint64_t bytes)>
      expect;  ///< Told how much there is to read; may be empty.
  maildrop::Pace pace;
};

struct BackupReport {
  std::uint64_t serial = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;   ///< That the backup holds.
  std::uint64_t copied = 0;  ///< That were written now.
  /// Logs with damage, which was copied as it is; and what was torn at a log's end, which was not.
  struct Note {
    std::string name;
    std::uint64_t damaged = 0;
    std::uint64_t torn = 0;
  };
  std::vector<Note> notes;
};

/// Durable after success. Errors: kIo, kFull, kClosed (the pace said stop), kExists (the folder has
/// other things), kBusy (another backup runs), kCorrupt (the manifest in it cannot be read).
Result<BackupReport> make_backup(const BackupRequest& request);

}  // namespace restante::backup
