// An archive from its backup, on a new computer or after a loss, and the proof that a backup is
// whole. A restored archive is of a new epoch: what the old computer did after the backup is not
// known here. Its accounts are paused until the owner says that the old one is off
// (resume_account()), and a message that the restored archive lacks does not count as removed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "archive/care/backup_manifest.h"
#include "archive/database/database.h"
#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

struct BackupWatch;

struct BackupProof {
  std::uint64_t messages = 0;
  std::uint64_t damaged = 0;     ///< Or missing: in the backup.
  std::uint64_t not_here = 0;    ///< Of the archive's messages, not in the backup.
  std::uint64_t only_there = 0;  ///< In the backup, and not in the archive any more.
  [[nodiscard]] bool is_whole() const { return damaged == 0; }
};

/// Reads all of a backup. `archive`, where it is there, is compared with it. Errors: kNotFound,
/// kCorrupt (no list), kIo, kAuth, kState (ended).
Result<BackupProof> verify_backup(const Path& folder, const std::optional<Path>& archive,
                                  const BackupWatch& watch);

struct Restored {
  std::uint64_t messages = 0;
  std::uint64_t damaged = 0;  ///< Left out: damaged or missing, of messages and of the state.
  bool has_state = false;
};

/// Whether a file of the backup's state is what was put there. Errors: kCorrupt, kNotFound, kIo.
Status check_state(const Path& folder, const BackedUpState& state);

/// Into an archive that has no mail and no database; a run that was killed is continued by the same
/// call. Durable. Errors: kExists (there is an archive, or one half restored from another backup),
/// kNotFound, kCorrupt (the backup's list or database), kFull, kIo, kAuth, kBusy, kState (ended).
Result<Restored> restore(const Path& folder, const Path& archive, std::int64_t now,
                         const BackupWatch& watch);

/// When the archive was restored, as long as this account is paused for that; unix time.
Result<std::optional<std::int64_t>> paused_since(Database& database, std::string_view account);
/// The owner says that the old computer collects no more mail. An empty `account`: for all. False:
/// it was not paused.
Result<bool> resume_account(Database& database, std::string_view account);

}  // namespace restante::archive
