// Removes messages from the archive: their files, and then their rows count as removed. Whether the
// server still has them is nothing that it knows; an account with `delete = "when-removed-locally"`
// passes the removal on at its next fetch.
#pragma once

#include <cstdint>
#include <vector>

#include "archive/database/database.h"
#include "archive/search/search.h"
#include "base/result.h"

namespace restante::archive {

/// The number of messages removed; a file that is gone already counts. Durable. Errors: kIo, kAuth,
/// kBusy; some may be removed then.
Result<std::uint64_t> remove_messages(Database& database, const Path& archive,
                                      const std::vector<Entry>& entries);

}  // namespace restante::archive
