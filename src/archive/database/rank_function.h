// fit(search, ranking), the SQL function that every connection to the database has: how well a
// message fits a query, by BM25, goes into a ranking that ranking.h bound to the statement.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "archive/database/id_set.h"
#include "base/result.h"

namespace restante::archive {

/// The type under which SQLite passes a Ranking on to fit().
inline constexpr const char* kRankingType = "restante-ranking";

/// The input of fit(), and the place of its results: a row that is not handed on costs less.
struct Ranking {
  const IdSet* ids = nullptr;
  std::vector<std::uint64_t> fits;  // By phrase, as they stand in the expression.
  std::vector<double> weights;      // The same, of one message.
  std::vector<std::pair<double, std::int64_t>> ranked;
};

/// Gives a connection the function. Errors: kIo.
Status add_rank_function(sqlite3* connection);

}  // namespace restante::archive
