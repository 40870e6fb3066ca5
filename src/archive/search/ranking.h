// How well messages fit: BM25 over the texts of a query, as FTS5 has it, with two differences that
// make it quick where words are common: only messages of a given set are looked at, and how rare a
// text is comes from the selection, which knows it already.
#pragma once

#include <cstdint>
#include <vector>

#include "archive/database/database.h"
#include "archive/search/query.h"
#include "archive/search/selection.h"
#include "base/result.h"

namespace restante::archive {

/// Of more messages than these only the newest are ranked; the rest follows by date.
inline constexpr std::uint64_t kRankedMax = 5000;

/// Those selected from place `offset` on, at most `limit`, those that fit best first; what fits
/// equally (or not at all) by number and date, newest first. Errors: kIo, kBusy, kCorrupt.
Result<std::vector<std::int64_t>> by_rank(Database& database, const Selected& selected,
                                          const QueryNode& query, std::uint64_t offset,
                                          std::uint64_t limit);

}  // namespace restante::archive
