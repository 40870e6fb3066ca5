#include "archive/search/date_order.h"

#include <algorithm>
#include <string>
#include <utility>

namespace restante::archive {
namespace {

// So few are looked up one by one; more are met by walking the index.
constexpr std::uint64_t kFew = 1000;

Result<Statement> walk(Database& database, bool newest_first) {
  return database.prepare(std::string("SELECT id FROM messages INDEXED BY messages_by_date ") +
                          (newest_first ? "ORDER BY date DESC, id DESC" : "ORDER BY date, id"));
}

Result<std::vector<std::int64_t>> few_by_date(Database& database, const IdSet& ids,
                                              bool newest_first, std::uint64_t offset,
                                              std::uint64_t limit) {
  RESTANTE_TRY(Statement query, database.prepare("SELECT date FROM messages WHERE id = ?1"));
  std::vector<std::pair<std::int64_t, std::int64_t>> dated;
  Status done = ok();
  ids.for_each([&](std::int64_t id) {
    if (!done) return;
    const ResetAtEnd reset(query);
    query.bind(1, id);
    const auto row = query.step();
    if (!row) done = row.error();
    if (row && *row) dated.emplace_back(query.number(0), id);
  });
  RESTANTE_CHECKED(std::move(done));
  std::sort(dated.begin(), dated.end());
  if (newest_first) std::reverse(dated.begin(), dated.end());
  std::vector<std::int64_t> page;
  for (std::uint64_t i = offset; i < dated.size() && page.size() < limit; ++i)
    page.push_back(dated[i].second);
  return page;
}

}  // namespace

Result<std::vector<std::int64_t>> by_date(Database& database, const IdSet& ids, bool newest_first,
                                          std::uint64_t offset, std::uint64_t limit) {
  // A walk meets all messages of the archive until the page is full: for a rare word that is nearly
  // all of them.
  if (ids.size() <= kFew) return few_by_date(database, ids, newest_first, offset, limit);
  RESTANTE_TRY(Statement query, walk(database, newest_first));
  std::vector<std::int64_t> page;
  std::uint64_t skip = offset;
  while (page.size() < limit) {
    RESTANTE_TRY(const bool more, query.step());
    if (!more) break;
    const std::int64_t id = query.number(0);
    if (!ids.has(id)) continue;
    if (skip > 0) {
      --skip;
    } else {
      page.push_back(id);
    }
  }
  return page;
}

Result<IdSet> at_the_end(Database& database, bool newest, std::uint64_t count) {
  RESTANTE_TRY(Statement query, walk(database, newest));
  IdSet ids;
  for (std::uint64_t i = 0; i < count; ++i) {
    RESTANTE_TRY(const bool more, query.step());
    if (!more) break;
    ids.add(query.number(0));
  }
  return ids;
}

}  // namespace restante::archive
