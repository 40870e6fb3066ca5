// Messages by date, from a place on. A walk along the index of dates costs what lies before the
// page, so that a few are rather looked up one by one.
#pragma once

#include <cstdint>
#include <vector>

#include "archive/database/database.h"
#include "archive/database/id_set.h"
#include "base/result.h"

namespace restante::archive {

/// Those of `ids` from place `offset` on, at most `limit`; of one date by number. Errors: kIo,
/// kBusy, kCorrupt.
Result<std::vector<std::int64_t>> by_date(Database& database, const IdSet& ids, bool newest_first,
                                          std::uint64_t offset, std::uint64_t limit);

/// The newest (or oldest) of all messages, removed ones too, at most `count`. Errors: as by_date().
Result<IdSet> at_the_end(Database& database, bool newest, std::uint64_t count);

}  // namespace restante::archive
