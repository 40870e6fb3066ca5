// A new database in the place of one that is damaged or lost. It is made under another name,
// complete with all that can be saved (salvage.h, message_numbers.h), synced, and renamed in at the
// end: after any failure before that, and any kill, the old one is there as it was. Afterwards the
// old one is put aside (put_aside.h). The index is made afterwards (indexer.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "archive/database/database.h"
#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

struct Rebuilt {
  std::string put_aside;    ///< The old one's new name; empty: there was none.
  bool whole = true;        ///< All of its state could be read.
  bool marks_whole = true;  ///< And which messages were removed.
};

/// The locks of all accounts are held by the caller. Errors: kBusy (another process has it open),
/// kFull, kIo, kAuth: nothing has changed.
Result<Rebuilt> rebuild(const Path& archive, std::chrono::milliseconds patience);

/// In table meta, with an account's name behind it: what was fetched for it was lost, and its next
/// fetch looks at all messages again. It hands on none that is in the archive.
inline constexpr const char* kStateLost = "fetch.lost.";

}  // namespace restante::archive
