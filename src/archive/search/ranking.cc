#include "archive/search/ranking.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "archive/database/rank_function.h"
#include "archive/search/date_order.h"
#include "archive/search/match.h"

namespace restante::archive {
namespace {

Status rank(Database& database, const QueryNode& query, Ranking& ranking) {
  // Never true: no row needs to come out.
  RESTANTE_TRY(Statement statement,
               database.prepare("SELECT rowid FROM search WHERE search MATCH ?1 AND rowid BETWEEN "
                                "?2 AND ?3 AND fit(search, ?4) IS NOT NULL"));
  const std::string match = match_of(query);
  for (const auto& [first, last] : text_runs(*ranking.ids)) {
    statement.bind(1, match);
    statement.bind(2, first);
    statement.bind(3, last);
    statement.bind_pointer(4, &ranking, kRankingType);
    RESTANTE_CHECKED(statement.run());
  }
  std::sort(ranking.ranked.begin(), ranking.ranked.end(), std::greater<>());
  return ok();
}

/// The newest of them, as many as are ranked.
Result<IdSet> candidates(Database& database, const IdSet& ids) {
  if (ids.size() <= kRankedMax) return ids;
  RESTANTE_TRY(const auto newest, by_date(database, ids, true, 0, kRankedMax));
  IdSet some;
  for (const std::int64_t id : newest) some.add(id);
  return some;
}

}  // namespace

Result<std::vector<std::int64_t>> by_rank(Database& database, const Selected& selected,
                                          const QueryNode& query, std::uint64_t offset,
                                          std::uint64_t limit) {
  const std::vector<const TextTerm*> terms = terms_of(query);
  if (terms.empty()) return by_date(database, selected.ids, true, offset, limit);
  // A rank reads where the words stand in each message: of a common word the newest are enough for
  // a page that a person reads.
  RESTANTE_TRY(const IdSet looked_at, candidates(database, selected.ids));
  Ranking ranking;
  ranking.ids = &looked_at;
  for (const TextTerm* const term : terms)
    ranking.fits.push_back(selected.fits.at(match_of(*term)));
  ranking.weights.resize(terms.size());
  RESTANTE_CHECKED(rank(database, query, ranking));
  IdSet rest = selected.ids;
  IdSet done;
  for (const auto& [rank, id] : ranking.ranked) done.add(id);
  std::vector<std::int64_t> page;
  for (std::uint64_t i = offset; i < ranking.ranked.size() && page.size() < limit; ++i)
    page.push_back(ranking.ranked[i].second);
  if (page.size() == limit) return page;
  rest.remove_all(done);
  const std::uint64_t behind = offset > ranking.ranked.size() ? offset - ranking.ranked.size() : 0;
  RESTANTE_TRY(const auto unranked, by_date(database, rest, true, behind, limit - page.size()));
  page.insert(page.end(), unranked.begin(), unranked.end());
  return page;
}

}  // namespace restante::archive
