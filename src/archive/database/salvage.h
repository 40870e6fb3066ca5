// What only a database knows (what was fetched, handed on, put into quarantine, removed, and which
// numbers messages have), copied from one that may be damaged into a sound one. What can be made
// again from the Maildirs is left out. It knows the tables by the schema alone: a new one is
// copied, too.
#pragma once

#include <cstdint>

#include "archive/database/database.h"
#include "archive/mailbox/files.h"
#include "base/result.h"
#include "sql/connection.h"

namespace restante::archive {

struct Salvaged {
  bool whole = true;        ///< Every row could be read; of messages, see the next one.
  bool marks_whole = true;  ///< And of messages: numbers, and which ones were removed.
  std::uint64_t uids = 0;   ///< Rows of the fetch state that were not known.
};

/// Which rows are copied, and under which numbers.
enum class Numbers : std::uint8_t {
  kKept,       ///< All, under theirs: into a database that takes this one's place.
  kKeptOlder,  ///< Of an older state, what is true for ever, under their numbers.
  kFresh,      ///< The same under new ones, and of messages those that were removed.
};

/// Rows that are there already stay as they are. Of a damaged table what lies before the first
/// row that cannot be read is copied, and what lies behind the last. Durable. Errors: kBusy, kFull,
/// kIo: of `to`.
Result<Salvaged> salvage(sql::Connection& from, Database& to, Numbers numbers);
/// The same of a file, which stays as it is. One that is no database gives nothing. Errors: as
/// above, and kIo, kAuth, kBusy, kFull of the file: they say nothing of what is in it.
Result<Salvaged> salvage_file(const Path& file, Database& to, Numbers numbers);

}  // namespace restante::archive
