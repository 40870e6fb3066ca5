// Fills the search index and the overview columns from the messages' files: those with indexed = 0,
// in transactions of its own, after they were kept. A broken message is indexed as far as it can be
// read; one whose reader dies or takes too long (reader/reader.h), or stands still in two looks, is
// given up until the next reindex, named, and never blocks the rest.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "archive/database/database.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/files.h"
#include "archive/reader/line.h"
#include "base/result.h"

namespace restante::archive {

struct Indexed {
  std::uint64_t whole = 0;
  std::uint64_t partly = 0;    ///< Broken or cut: what could be read is found.
  std::uint64_t given_up = 0;  ///< Cannot be read; found by number and account alone.
  /// Lines for people: what befell some, each of the first twenty, and how many more there are.
  std::vector<std::string> named;
};

/// Told after each message; false ends the work (what was done is kept).
using IndexProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// `archive` is the folder with the Maildirs; `patience` is for each message. Cheap when there is
/// nothing to do; one process and thread at a time. Errors: kBusy (also WhenBusy::kLeave), kClosed
/// (no reader can be had; what was done is kept), kFull, kIo (of the database; unreadable messages
/// are no error).
Result<Indexed> index_pending(Database& database, const Path& archive,
                              const IndexProgress& progress = {}, WhenBusy busy = WhenBusy::kWait,
                              const Patience& patience = {});

/// The same with a database of the caller's own, which no other process indexes.
Result<Indexed> index_own(Database& database, const Path& archive,
                          const IndexProgress& progress = {});

}  // namespace restante::archive
