#include "archive/selection.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "archive/match.h"
#include "archive/threads.h"
#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::archive {
namespace {

constexpr std::size_t kSumDigitsMin = 8;
// So few are looked up one by one; more are met by walking the index.
constexpr std::uint64_t kFew = 3000;
// Ranking looks at each message that fits; of more than these, only the newest are ranked.
constexpr std::uint64_t kRankedMax = 20'000;

/// The first column of each row.
Result<IdSet> ids_of(Statement& query) {
  IdSet ids;
  for (;;) {
    RESTANTE_TRY(const bool more, query.step());
    if (!more) return ids;
    ids.add(query.number(0));
  }
}

std::string_view condition_of(Property property) {
  switch (property) {
    case Property::kUnread: return "instr(flags, 'S') = 0";
    case Property::kRead: return "instr(flags, 'S') > 0";
    case Property::kFlagged: return "instr(flags, 'F') > 0";
    case Property::kReplied: return "instr(flags, 'R') > 0";
    case Property::kDraft: return "instr(flags, 'D') > 0";
    case Property::kRemoved: return "removed = 1";
    case Property::kBroken: return "indexed IN (2, 3)";
    case Property::kAttachment: return "has_attachment = 1";
  }
  return "0";
}

class Selecting {
 public:
  explicit Selecting(Database& database) : database_(database) {}

  Result<IdSet> of(const QueryNode& node) {
    return std::visit([this](const auto& one) { return evaluate(one); }, node.is);
  }

  Result<IdSet> where(std::string_view condition) {
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT id FROM messages WHERE " + std::string(condition)));
    return ids_of(query);
  }

 private:
  Result<IdSet> evaluate(const AllOf& group) {
    if (group.parts.empty()) return where("1");
    RESTANTE_TRY(IdSet ids, of(*group.parts.front()));
    for (std::size_t i = 1; i < group.parts.size(); ++i) {
      // "a and not b" needs no set of everything but b.
      const auto* none = std::get_if<NoneOf>(&group.parts[i]->is);
      RESTANTE_TRY(const IdSet other, of(none != nullptr ? *none->part : *group.parts[i]));
      none != nullptr ? ids.remove_all(other) : ids.keep_only(other);
    }
    return ids;
  }

  Result<IdSet> evaluate(const AnyOf& group) {
    IdSet ids;
    for (const QueryTree& part : group.parts) {
      RESTANTE_TRY(const IdSet other, of(*part));
      ids.add_all(other);
    }
    return ids;
  }

  Result<IdSet> evaluate(const NoneOf& none) {
    RESTANTE_TRY(IdSet ids, where("1"));
    RESTANTE_TRY(const IdSet other, of(*none.part));
    ids.remove_all(other);
    return ids;
  }

  Result<IdSet> evaluate(const TextTerm& term) {
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT rowid FROM search WHERE search MATCH ?1"));
    query.bind(1, match_of(term));
    return ids_of(query);
  }

  Result<IdSet> evaluate(const AccountTerm& term) {
    RESTANTE_TRY(Statement query, database_.prepare("SELECT id FROM messages INDEXED BY "
                                                    "messages_overview WHERE account = ?1"));
    query.bind(1, term.name);
    return ids_of(query);
  }

  Result<IdSet> evaluate(const IdTerm& term) {
    IdSet ids;
    std::string_view id = term.id;
    if (const auto number = parse_decimal<std::uint32_t>(id)) {
      RESTANTE_TRY(IdSet numbered, where_number("id = ?1", std::int64_t{*number}));
      ids = std::move(numbered);
    }
    if (id.starts_with('<') && id.ends_with('>')) id = id.substr(1, id.size() - 2);
    // By way of the thread, so that Message-IDs need no index of their own.
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT id FROM messages WHERE thread = (SELECT thread FROM "
                                   "thread_ids WHERE id_hash = ?3) AND message_id = ?1 UNION "
                                   "SELECT id FROM messages WHERE length(?1) >= ?2 AND "
                                   "sha256 >= lower(?1) AND sha256 < lower(?1) || 'g'"));
    query.bind(3, hash_of_message_id(id));
    query.bind(1, id);
    query.bind(2, static_cast<std::int64_t>(kSumDigitsMin));
    RESTANTE_TRY(const IdSet others, ids_of(query));
    ids.add_all(others);
    return ids;
  }

  Result<IdSet> evaluate(const ThreadTerm& term) {
    return where_number("thread = ?1", term.number);
  }

  Result<IdSet> evaluate(const RangeTerm& range) {
    const std::string column = range.of == RangeTerm::Of::kDate ? "date" : "size";
    std::string condition = "1";
    if (range.first) condition += " AND " + column + " >= " + std::to_string(*range.first);
    if (range.last) condition += " AND " + column + " < " + std::to_string(*range.last);
    return where(condition);
  }

  Result<IdSet> evaluate(Property property) { return where(condition_of(property)); }

  Result<IdSet> where_number(std::string_view condition, std::int64_t number) {
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT id FROM messages WHERE " + std::string(condition)));
    query.bind(1, number);
    return ids_of(query);
  }

  Database& database_;
};

std::vector<std::int64_t> page_of(const std::vector<std::pair<std::int64_t, std::int64_t>>& dated,
                                  std::uint64_t offset, std::uint64_t limit) {
  std::vector<std::int64_t> page;
  for (std::uint64_t i = offset; i < dated.size() && page.size() < limit; ++i)
    page.push_back(dated[i].second);
  return page;
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
  return page_of(dated, offset, limit);
}

}  // namespace

Result<IdSet> select(Database& database, const QueryNode& query) {
  Selecting selecting(database);
  RESTANTE_TRY(IdSet ids, selecting.of(query));
  if (mentions_removed(query)) return ids;
  RESTANTE_TRY(const IdSet removed, selecting.where("removed = 1"));
  ids.remove_all(removed);
  return ids;
}

Result<std::vector<std::int64_t>> by_date(Database& database, const IdSet& ids, bool newest_first,
                                          std::uint64_t offset, std::uint64_t limit) {
  if (ids.size() <= kFew) return few_by_date(database, ids, newest_first, offset, limit);
  RESTANTE_TRY(Statement query,
               database.prepare(std::string("SELECT id FROM messages INDEXED BY messages_overview "
                                            "ORDER BY date ") +
                                (newest_first ? "DESC, id DESC" : "ASC, id ASC")));
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

Result<std::vector<std::int64_t>> by_rank(Database& database, const IdSet& ids,
                                          const QueryNode& query, std::uint64_t offset,
                                          std::uint64_t limit) {
  const std::string match = match_of(query);
  if (match.empty()) return by_date(database, ids, true, offset, limit);
  IdSet ranked_ids;
  const bool all = ids.size() <= kRankedMax;
  if (!all) {
    RESTANTE_TRY(const auto newest, by_date(database, ids, true, 0, kRankedMax));
    for (const std::int64_t id : newest) ranked_ids.add(id);
  }
  // A word in the subject says more than one in the text.
  RESTANTE_TRY(Statement statement,
               database.prepare("SELECT rowid, bm25(search, 8, 4, 2, 1, 1, 2) FROM search "
                                "WHERE search MATCH ?1"));
  statement.bind(1, match);
  std::vector<std::pair<double, std::int64_t>> ranked;
  IdSet rest = ids;
  for (;;) {
    RESTANTE_TRY(const bool more, statement.step());
    if (!more) break;
    const std::int64_t id = statement.number(0);
    if (all ? ids.has(id) : ranked_ids.has(id)) ranked.emplace_back(statement.real(1), -id);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::int64_t> page;
  IdSet done;
  for (const auto& [rank, id] : ranked) {
    done.add(-id);
    if (offset > 0) {
      --offset;
    } else if (page.size() < limit) {
      page.push_back(-id);
    }
  }
  if (page.size() == limit) return page;
  rest.remove_all(done);
  RESTANTE_TRY(const auto unranked, by_date(database, rest, true, offset, limit - page.size()));
  page.insert(page.end(), unranked.begin(), unranked.end());
  return page;
}

}  // namespace restante::archive
