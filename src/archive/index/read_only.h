// Looking into an archive that cannot be written: a backup, a snapshot, a DVD. Its database is read
// where it lies when that is all there is to do; else a copy of it, which is brought up to date,
// and gone when the program ends.
#pragma once

#include "archive/database/database.h"
#include "archive/index/indexer.h"
#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

/// Nothing can be written there, even by root.
bool is_on_read_only_medium(const Path& archive);
/// That, or we may not.
bool is_read_only(const Path& archive);

enum class Freshness : std::uint8_t {
  kNow,     ///< With what mail readers changed, and with all messages indexed.
  kAsItIs,  ///< As the database was left.
};

/// Errors: kNotFound (kAsItIs: it has no database), kFull (no room for a copy in $TMPDIR), kIo,
/// kAuth, kCorrupt.
Result<Database> open_read_only(const Path& archive, Freshness freshness,
                                const IndexProgress& progress = {});

/// Whether an error says that nothing more can be written, so that reading is what is left.
bool is_no_room(const Error& error);
/// The database as it was left, read without a file being made or made longer. Errors: kNotFound,
/// kBusy, kIo, kCorrupt.
Result<Database> open_as_left(const Path& archive);

}  // namespace restante::archive
