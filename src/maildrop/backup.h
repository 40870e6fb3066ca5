// Requests about backups of a data directory, and their reports: the same for every back end.
// doors/backups.h makes them, proves them and puts them back.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "disk/disk.h"
#include "maildrop/store.h"

namespace restante::maildrop {

/// What a file of a backup is. Stored by name.
enum class FileKind : std::uint8_t {
  kLog,       ///< A maildrop of the log.
  kAside,     ///< Bytes that recovery took from one.
  kAccounts,  ///< The accounts' database, or passwd-file and aliases.
  kConfig,
};

struct BackupFile {
  FileKind kind{};
  std::string name;    ///< Where it belongs: StoredMaildrop::name, "accounts.db".
  std::string stored;  ///< Where it is in the backup.
};

/// A file that is no maildrop, as its owner copies it: the accounts, the configuration.
struct Extra {
  FileKind kind{};
  std::string name;  ///< "accounts/accounts.db", "config/restante.toml".
  /// Writes the copy to this path, which is an empty file, private.
  std::function<Status(const std::string& path)> write;
};

enum class BackupMode : std::uint8_t {
  kFull,
  kIncremental,  ///< Only changes since the backup before; a full one if there is none.
};

/// Told how many bytes there are to read; may be empty.
using Expect = std::function<void(std::uint64_t bytes)>;

struct BackupRequest {
  BackupRequest(disk::Disk& d, std::string source, std::string target)
      : disk(d), data_dir(std::move(source)), folder(std::move(target)) {}

  disk::Disk& disk;  ///< Not owned.
  std::string data_dir;
  std::string folder;
  BackupMode mode = BackupMode::kFull;
  WallTime now{};
  std::vector<Extra> extras;
  std::size_t threads = 1;  ///< That copy; more than the disk takes at a time are of no use.
  /// Whether data_dir is still the one that it was: asked before the new backup takes over from the
  /// one before; may be empty.
  std::function<Status()> still_there;
  Expect expect;
  Pace pace;
};

struct BackupReport {
  std::uint64_t serial = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;   ///< That the backup holds.
  std::uint64_t copied = 0;  ///< That were written now.
  /// Maildrops with damage, which was copied as it is; and what was torn at one's end, which was
  /// not.
  struct Note {
    std::string name;
    std::uint64_t damaged = 0;
    std::uint64_t torn = 0;
  };
  std::vector<Note> notes;
};

struct VerifyReport {
  WallTime made{};
  std::uint64_t serial = 0;  ///< 1 for the first backup in its folder.
  std::vector<BackupFile> files;
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;  ///< In all maildrops, deleted ones too.
  struct Problem {
    std::string name;    ///< Of the file, as it is called where it belongs.
    std::string stored;  ///< Where it is in the backup.
    std::string what;
  };
  /// The backup is not what it was when it was made.
  std::vector<Problem> problems;
  /// The backup is as it was made, and holds damage that the maildrop had before.
  std::vector<Problem> copied_damage;
};

/// In the data directory while a restore has begun and not ended.
inline constexpr const char* kUnfinishedRestore = "restore.unfinished";

struct RestoreRequest {
  RestoreRequest(disk::Disk& d, std::string source, std::string target)
      : disk(d), folder(std::move(source)), data_dir(std::move(target)) {}

  disk::Disk& disk;  ///< Not owned.
  std::string folder;
  std::string data_dir;  ///< Exists. The caller keeps servers away from it.
  /// Where a file that is no maildrop's goes, a whole path; empty: nowhere.
  std::function<std::string(const BackupFile&)> place_of;
  /// Names that may be in the data directory before: the lock.
  std::vector<std::string> allowed;
  /// Takes what can be read although the backup is damaged; maildrops bear it, message by message.
  bool despite_damage = false;
  Expect expect;
  Pace pace;
  /// Makes the directory whole, before the mark goes; may be empty.
  std::function<Status()> before_end;
};

struct RestoreReport {
  VerifyReport verified;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> skipped;  ///< Names that were put nowhere.
};

}  // namespace restante::maildrop
