#include "archive/search/search.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "archive/mailbox/file_name.h"
#include "archive/search/date_order.h"
#include "archive/search/ranking.h"
#include "archive/search/selection.h"
#include "archive/search/snippets.h"
#include "archive/search/word_patterns.h"

namespace restante::archive {
namespace {

// A phrase is looked for among the first kFirstLook, for pages that end by kEarlyPageEnd.
constexpr std::uint64_t kFirstLook = 16'000;
constexpr std::uint64_t kEarlyPageEnd = 1000;
// Entries that are in memory together.
constexpr std::size_t kPiece = 500;
constexpr int kGivenUp = 3;  // Entry::indexed.

constexpr std::string_view kEntryQuery =
    "SELECT id, account, sha256, name, flags, size, date, arrived, subject, from_, to_, "
    "message_id, thread, has_attachment, removed, foreign_file, indexed, copy FROM messages WHERE "
    "id = "
    "?1";

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
  entry.copy = static_cast<std::uint32_t>(row.number(17));
  return entry;
}

Result<std::vector<Entry>> entries_of(Database& database, std::span<const std::int64_t> ids) {
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

Result<std::uint64_t> octets_of(Database& database, std::span<const std::int64_t> ids) {
  RESTANTE_TRY(Statement query, database.prepare("SELECT size FROM messages WHERE id = ?1"));
  std::uint64_t octets = 0;
  for (const std::int64_t id : ids) {
    const ResetAtEnd reset(query);
    query.bind(1, id);
    RESTANTE_TRY(const bool found, query.step());
    if (found) octets += static_cast<std::uint64_t>(query.number(0));
  }
  return octets;
}

/// Reads a page's entries, with what was asked for besides.
class TextPieces {
 public:
  TextPieces(Database& database, const Path& archive, const SearchRequest& request)
      : database_(database), archive_(archive), request_(request) {}

  Status open(const QueryNode& query) {
    if (!request_.snippets) return ok();
    RESTANTE_TRY(Snippets snippets, Snippets::open(database_, query));
    snippets_.emplace(std::move(snippets));
    return ok();
  }

  Result<std::vector<Entry>> read(std::span<const std::int64_t> ids) {
    RESTANTE_TRY(std::vector<Entry> entries, entries_of(database_, ids));
    for (Entry& entry : entries) {
      if (!request_.copies_as_one) break;
      RESTANTE_TRY(auto copies, copies_of(database_, entry.id, entry.account));
      entry.copies = std::move(copies);
    }
    if (snippets_) RESTANTE_CHECKED(add_snippets(entries));
    return entries;
  }

 private:
  Status add_snippets(std::vector<Entry>& entries) {
    std::vector<Path> files;
    // A message that was given up once is not waited for again.
    for (const Entry& entry : entries)
      files.push_back(entry.indexed == kGivenUp ? Path() : file_of(archive_, entry));
    RESTANTE_TRY(auto lines, snippets_->of(files));
    for (std::size_t i = 0; i < lines.size(); ++i) entries[i].snippet = std::move(lines[i]);
    return ok();
  }

  Database& database_;
  const Path& archive_;
  const SearchRequest& request_;
  std::optional<Snippets> snippets_;
};

/// Selected among the messages where the page begins, if they fill it; else nothing.
Result<std::optional<Selected>> first_look(Database& database, const QueryNode& query,
                                           const SearchRequest& request) {
  const std::uint64_t page_end = request.offset + request.limit;
  const bool is_early = request.offset < kEarlyPageEnd && request.limit < kEarlyPageEnd;
  // A phrase costs reading where the words stand in each message that has them all; words alone do
  // not.
  if (!is_early || !has_phrase(query)) return std::nullopt;
  RESTANTE_TRY(const IdSet nearest,
               at_the_end(database, request.order != Order::kOldest, kFirstLook));
  if (nearest.size() < kFirstLook) return std::nullopt;
  RESTANTE_TRY(Selected selected, select(database, query, &nearest));
  if (request.copies_as_one) {
    // The row might be that of a copy that has not been looked at.
    RESTANTE_TRY(const bool more, has_copies_outside(database, selected.ids, nearest));
    if (more) return std::nullopt;
    RESTANTE_CHECKED(keep_one_of_each(database, selected.ids));
  }
  // The ranked ones must be the kRankedMax newest of all.
  const std::uint64_t enough = request.order == Order::kRank ? kRankedMax : page_end;
  if (selected.ids.size() < enough) return std::nullopt;
  return selected;
}

}  // namespace

Result<Found> search_in_pieces(Database& database, const Path& archive, const QueryNode& query,
                               const SearchRequest& request, const VisitEntries& visit) {
  if (has_pattern(query)) {
    RESTANTE_TRY(const QueryTree expanded, with_words(database, query));
    return search_in_pieces(database, archive, *expanded, request, visit);
  }
  RESTANTE_TRY(std::optional<Selected> selected, first_look(database, query, request));
  Found found;
  found.is_least = selected.has_value();
  if (!selected) {
    RESTANTE_TRY(Selected whole, select(database, query));
    selected = std::move(whole);
    if (request.copies_as_one) RESTANTE_CHECKED(keep_one_of_each(database, selected->ids));
  }
  found.total = selected->ids.size();
  RESTANTE_TRY(const auto page,
               request.order == Order::kRank
                   ? by_rank(database, *selected, query, request.offset, request.limit)
                   : by_date(database, selected->ids, request.order == Order::kNewest,
                             request.offset, request.limit));
  if (request.octets) {
    RESTANTE_TRY(const std::uint64_t octets, octets_of(database, page));
    found.octets = octets;
  }
  TextPieces pieces(database, archive, request);
  RESTANTE_CHECKED(pieces.open(query));
  std::span<const std::int64_t> rest = page;
  do {
    const std::size_t count = std::min(rest.size(), kPiece);
    RESTANTE_TRY(auto piece, pieces.read(rest.first(count)));
    RESTANTE_CHECKED(visit(found, piece));
    rest = rest.subspan(count);
  } while (!rest.empty());
  return found;
}

Result<Found> search(Database& database, const Path& archive, const QueryNode& query,
                     const SearchRequest& request) {
  std::vector<Entry> entries;
  RESTANTE_TRY(Found found, search_in_pieces(database, archive, query, request,
                                             [&](const Found&, std::span<Entry> piece) {
                                               std::move(piece.begin(), piece.end(),
                                                         std::back_inserter(entries));
                                               return ok();
                                             }));
  found.entries = std::move(entries);
  return found;
}

Result<Entry> entry_of(Database& database, std::int64_t id) {
  const std::int64_t ids[] = {id};
  RESTANTE_TRY(auto entries, entries_of(database, ids));
  if (entries.empty()) return Error(Errc::kNotFound, "there is no message " + std::to_string(id));
  return std::move(entries.front());
}

Path file_of(const Path& archive, const Entry& entry) {
  return archive / account_folder(entry.account) / entry.name;
}

}  // namespace restante::archive
