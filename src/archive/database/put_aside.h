// Databases that were damaged, and were put aside when a new one took their place:
// ARCHIVE/.restante/restante.db.damaged-N. Until all that can be read of one is in the database,
// that is its name; then ".taken" stands behind it. A run that was killed between the two, or an
// older version that failed there, must not have forgotten what was fetched.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/database/database.h"
#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

enum class Aside : std::uint8_t {
  kWaiting,  ///< Not taken over yet.
  kAll,
};

/// The newest first. Errors: kIo, kAuth.
Result<std::vector<Path>> put_aside(const Path& archive, Aside which);
/// A name for one more, which nothing has.
Path free_name_aside(const Path& archive);
/// Durably: it is read again only when the database is lost. The new name.
Result<Path> mark_as_taken(const Path& aside);

/// Brings into the database what those that wait know, and marks them. Its own rows stay. The
/// result says what was taken over, for the owner. Errors: kBusy, kFull, kIo.
Result<std::vector<std::string>> take_over_put_aside(Database& database, const Path& archive);

}  // namespace restante::archive
