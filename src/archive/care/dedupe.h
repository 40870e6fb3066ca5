// The same message in several accounts, on the disk once: its copies become names of one file (hard
// links). Every account still has it, in the Maildir and in lists; nothing is removed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "archive/database/database.h"
#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

struct Deduped {
  std::uint64_t groups = 0;   ///< Contents that are there more than once.
  std::uint64_t linked = 0;   ///< Copies that were (or would be) made links.
  std::uint64_t already = 0;  ///< Copies that are links already.
  std::uint64_t bytes_freed = 0;
  std::uint64_t failed = 0;  ///< Differ, or are on another file system; told.
};

/// With `dry_run` nothing changes. Otherwise it holds the locks of all accounts; a file that a mail
/// reader renames meanwhile is found again. `tell` is told "FILE: what" of each. Only files of ours
/// whose octets are compared and equal are linked. Crash-safe: a name always has a file. Errors:
/// kIo, kBusy (an account is being fetched).
Result<Deduped> dedupe(Database& database, const Path& archive, bool dry_run,
                       const std::function<void(const std::string&)>& tell);

}  // namespace restante::archive
