#include "archive/database/rank_function.h"

#include <algorithm>
#include <cmath>

#include "archive/database/fts5_api.h"
#include "archive/database/search_columns.h"

namespace restante::archive {
namespace {

// The usual values of BM25: how soon more of the same word says no more, and how much length
// counts.
constexpr double kSaturation = 1.2;
constexpr double kLength = 0.75;

/// How much a term says that fits `fits` of all entries.
double rarity(double fits, double all) {
  return std::max(1e-6, std::log((all - fits + 0.5) / (fits + 0.5)));
}

/// Where the texts are in a row.
int weigh(const Fts5ExtensionApi* api, Fts5Context* row, Ranking& ranking) {
  std::fill(ranking.weights.begin(), ranking.weights.end(), 0);
  int places = 0;
  int code = api->xInstCount(row, &places);
  for (int i = 0; code == SQLITE_OK && i < places; ++i) {
    int phrase = 0;
    int column = 0;
    int offset = 0;
    code = api->xInst(row, i, &phrase, &column, &offset);
    if (static_cast<std::size_t>(phrase) < ranking.weights.size())
      ranking.weights[static_cast<std::size_t>(phrase)] +=
          weight_of(static_cast<std::size_t>(column));
  }
  return code;
}

/// The row's length, 1 being the mean, and the number of rows.
int measure(const Fts5ExtensionApi* api, Fts5Context* row, double& length, double& rows) {
  int words = 0;
  sqlite3_int64 all_words = 0;
  sqlite3_int64 count = 0;
  int code = api->xColumnSize(row, -1, &words);
  if (code == SQLITE_OK) code = api->xColumnTotalSize(row, -1, &all_words);
  if (code == SQLITE_OK) code = api->xRowCount(row, &count);
  rows = static_cast<double>(count);
  length = all_words <= 0 ? 1 : static_cast<double>(words) * rows / static_cast<double>(all_words);
  return code;
}

/// fit(search, ranking): how well the row fits goes into the ranking; the value is NULL.
void fit(const Fts5ExtensionApi* api, Fts5Context* row, sqlite3_context* result, int count,
         sqlite3_value** values) {
  auto* const ranking =
      count == 1 ? static_cast<Ranking*>(sqlite3_value_pointer(values[0], kRankingType)) : nullptr;
  if (ranking == nullptr) return;
  const std::int64_t id = api->xRowid(row);
  if (!ranking->ids->has(id)) return;
  double length = 1;
  double rows = 0;
  int code = weigh(api, row, *ranking);
  if (code == SQLITE_OK) code = measure(api, row, length, rows);
  if (code != SQLITE_OK) return sqlite3_result_error_code(result, code);
  const double enough = kSaturation * (1 - kLength + kLength * length);
  double rank = 0;
  for (std::size_t i = 0; i < ranking->weights.size(); ++i)
    rank += rarity(static_cast<double>(ranking->fits[i]), rows) * ranking->weights[i] *
            (kSaturation + 1) / (ranking->weights[i] + enough);
  ranking->ranked.emplace_back(rank, id);
}

}  // namespace

Status add_rank_function(sqlite3* connection) {
  fts5_api* const api = fts5_api_of(connection);
  if (api != nullptr && api->xCreateFunction(api, "fit", nullptr, fit, nullptr) == SQLITE_OK)
    return ok();
  return Error(Errc::kIo, "SQLite has no full-text search (FTS5)");
}

}  // namespace restante::archive
