// Copies of a whole archive: mail, quarantine, and a snapshot of its database, while it is in use
// (backup_manifest.h says how they lie in their folder). Messages are known by their names, which
// have their checksums, and copied once.
//
// Durability: the earlier backup counts until the new one is whole and synced; a run that is killed
// leaves it, and what it copied is taken by the next one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "archive/care/backup_manifest.h"
#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

/// How what an earlier run copied is looked at.
enum class EarlierCopies : std::uint8_t {
  kRead,     ///< Each is read, and copied again when it is damaged.
  kTrusted,  ///< By its name: the work is that of what is new.
};

struct BackupOptions {
  EarlierCopies earlier = EarlierCopies::kRead;
  std::optional<std::string> configuration;  ///< Its text; nothing: it is not taken.
  std::string configuration_file;            ///< Where it is.
  std::int64_t now = 0;                      ///< Unix time.
};

struct BackedUp {
  std::uint64_t messages = 0;  ///< In the backup.
  std::uint64_t copied = 0;    ///< Of these, by this run.
  std::uint64_t copied_bytes = 0;
  std::uint64_t damaged =
      0;  ///< In the archive: copied as they are, or left out where they cannot be read.
  std::uint64_t serial = 0;
  bool has_state = false;  ///< The archive has a database.
};

struct BackupWatch {
  /// `done` of `total` messages are looked at; false ends the run.
  std::function<bool(std::uint64_t done, std::uint64_t total)> progress;
  std::function<void(const std::string& line)> on_damage;
};

/// Errors: kBusy (another run is at that folder), kExists (the folder has something else), kState
/// (it has the backup of another archive, or the run was ended), kFull, kIo, kAuth, kCorrupt (the
/// database is damaged or lost).
Result<BackedUp> back_up(const Path& archive, const Path& folder, const BackupOptions& options,
                         const BackupWatch& watch);

/// One run at a time in a backup's folder. Errors: kBusy, kIo, kAuth.
Result<Descriptor> lock_backup(const Path& folder);

}  // namespace restante::archive
