#include "archive/search.h"

#include <utility>

#include "archive/file_name.h"
#include "archive/selection.h"
#include "archive/snippets.h"

namespace restante::archive {
namespace {

constexpr std::string_view kEntryQuery =
    "SELECT id, account, sha256, name, flags, size, date, arrived, subject, from_, to_, "
    "message_id, "
    "thread, has_attachment, removed, foreign_file, indexed FROM messages WHERE id = ?1";

Entry read_entry(const Statement& row) {
  Entry entry;
  entry.id = row.number(0);
  entry.account = row.text(1);
  entry.sha256 = row.text(2);
  entry.name = row.text(3);
  entry.flags = row.text(4);
  entry.size = static_cast<std::uint64_t>(row.number(5));
  entry.date = row.number(6);
  entry.arrived = row.number(7);
  entry.subject = row.text(8);
  entry.from = row.text(9);
  entry.to = row.text(10);
  entry.message_id = row.text(11);
  entry.thread = row.number(12);
  entry.has_attachment = row.number(13) != 0;
  entry.removed = row.number(14) != 0;
  entry.foreign = row.number(15) != 0;
  entry.indexed = static_cast<int>(row.number(16));
  return entry;
}

Result<std::vector<Entry>> entries_of(Database& database, const std::vector<std::int64_t>& ids) {
  RESTANTE_TRY(Statement query, database.prepare(kEntryQuery));
  std::vector<Entry> entries;
  for (const std::int64_t id : ids) {
    const ResetAtEnd reset(query);
    query.bind(1, id);
    RESTANTE_TRY(const bool found, query.step());
    if (found) entries.push_back(read_entry(query));
  }
  return entries;
}

}  // namespace

Result<Found> search(Database& database, const Path& archive, const QueryNode& query,
                     const SearchRequest& request) {
  RESTANTE_TRY(const IdSet ids, select(database, query));
  Found found;
  found.total = ids.size();
  RESTANTE_TRY(const auto page, request.order == Order::kRank
                                    ? by_rank(database, ids, query, request.offset, request.limit)
                                    : by_date(database, ids, request.order == Order::kNewest,
                                              request.offset, request.limit));
  RESTANTE_TRY(auto entries, entries_of(database, page));
  found.entries = std::move(entries);
  if (!request.snippets) return found;
  RESTANTE_TRY(Snippets snippets, Snippets::open(database, query));
  for (Entry& entry : found.entries) {
    RESTANTE_TRY(std::string snippet, snippets.of(file_of(archive, entry)));
    entry.snippet = std::move(snippet);
  }
  return found;
}

Result<Entry> entry_of(Database& database, std::int64_t id) {
  RESTANTE_TRY(auto entries, entries_of(database, {id}));
  if (entries.empty()) return Error(Errc::kNotFound, "there is no message " + std::to_string(id));
  return std::move(entries.front());
}

Path file_of(const Path& archive, const Entry& entry) {
  return archive / account_folder(entry.account) / entry.name;
}

}  // namespace restante::archive
