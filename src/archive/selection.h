// Which messages a query means, as a set; and their order.
#pragma once

#include <cstdint>
#include <vector>

#include "archive/database.h"
#include "archive/id_set.h"
#include "archive/query.h"
#include "base/result.h"

namespace restante::archive {

/// Removed messages are in it only when the query speaks of them. Errors: kIo, kBusy, kCorrupt.
Result<IdSet> select(Database& database, const QueryNode& query);

/// The messages from place `offset` on, at most `limit`, by date. Errors: as select().
Result<std::vector<std::int64_t>> by_date(Database& database, const IdSet& ids, bool newest_first,
                                          std::uint64_t offset, std::uint64_t limit);

/// The same, those that fit best first; what fits equally (or not at all) by date.
Result<std::vector<std::int64_t>> by_rank(Database& database, const IdSet& ids,
                                          const QueryNode& query, std::uint64_t offset,
                                          std::uint64_t limit);

}  // namespace restante::archive
