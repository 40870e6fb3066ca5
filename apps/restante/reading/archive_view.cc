#include "restante/reading/archive_view.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <iostream>

#include "archive/database/absence.h"
#include "archive/database/catalog.h"
#include "archive/database/message_numbers.h"
#include "archive/index/indexer.h"
#include "archive/index/read_only.h"
#include "base/numbers.h"
#include "restante/frame/archive_claim.h"

namespace restante::cli {
namespace {

using archive::Entry;

/// A line on a terminal that is written over, when indexing takes more than a moment.
class IndexLine {
 public:
  explicit IndexLine(bool quiet) : shown_(!quiet && ::isatty(STDERR_FILENO) == 1) {}
  ~IndexLine() {
    if (any_) std::cerr << "\r\x1B[K";
  }
  IndexLine(const IndexLine&) = delete;
  IndexLine& operator=(const IndexLine&) = delete;

  bool operator()(std::uint64_t done, std::uint64_t total) {
    if (!shown_ || total < 200 || done % 50 != 0) return true;
    any_ = true;
    std::cerr << fmt::format("\rindexing {} of {}", done, counted(total, "message")) << std::flush;
    return true;
  }

 private:
  const bool shown_;
  bool any_ = false;
};

Result<archive::Database> open_read_only(const Context& context) {
  IndexLine line(context.out().quiet());
  return archive::open_read_only(context.profile().archive, archive::Freshness::kNow,
                                 std::ref(line));
}

/// What can be read. Without a reader all the rest is there to be listed and found.
Status index(const Context& context, archive::Database& database) {
  IndexLine line(context.out().quiet());
  const auto indexed = archive::index_pending(database, context.profile().archive, std::ref(line));
  if (!indexed && indexed.error().code != Errc::kClosed) return indexed.error();
  if (!indexed) {
    context.out().note("restante: new mail is not indexed yet: " + indexed.error().detail);
    return ok();
  }
  for (const std::string& told : indexed->named) context.out().note("restante: " + told);
  return ok();
}

/// With what came and changed since the last look.
Result<archive::Database> open_current(const Context& context) {
  const archive::Path& path = context.profile().archive;
  RESTANTE_TRY(archive::Database database, archive::Database::open(path, archive::Access::kCreate));
  for (const std::string& remark : database.remarks()) context.out().note("restante: " + remark);
  RESTANTE_CHECKED(archive::synchronize_all(database, path));
  RESTANTE_CHECKED(archive::keep_numbers(database, path));
  RESTANTE_CHECKED(index(context, database));
  return database;
}

}  // namespace

Result<ArchiveView> ArchiveView::open(const Context& context) {
  const archive::Path& path = context.profile().archive;
  RESTANTE_CHECKED(check_archive(context));
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored))
    return Error(Errc::kNotFound, "there is no archive in " + path.string() +
                                      " yet: \"restante fetch\" or \"restante import\" makes it");
  auto opened = archive::is_read_only(path) ? open_read_only(context) : open_current(context);
  const bool may_look = !opened && (archive::is_no_room(opened.error()) ||
                                    opened.error().code == Errc::kClosed);  // No reader.
  if (may_look) {
    auto as_left = archive::open_as_left(path);
    if (as_left)
      context.out().note(
          "restante: this is the archive as it was at the last look, without mail that came and "
          "changes that mail readers made since: " +
          opened.error().detail);
    if (as_left) opened = std::move(as_left);
  }
  if (!opened) return std::move(opened).error();
  return ArchiveView(std::move(*opened), path);
}

Result<Entry> ArchiveView::find_one(const std::string& id) {
  const archive::QueryNode query{archive::IdTerm{id}};
  archive::SearchRequest request;
  request.limit = 10;
  request.copies_as_one = true;
  RESTANTE_TRY(const archive::Found found, search(query, request));
  if (found.entries.size() == 1) return found.entries.front();
  if (found.entries.empty())
    return Error(Errc::kNotFound, "there is no message \"" + id +
                                      "\": write its number, as \"restante list\" shows it, its "
                                      "Message-ID, or the first 8 digits of its checksum");
  std::string numbers;
  for (const Entry& entry : found.entries) {
    if (std::to_string(entry.id) == id) return entry;
    numbers += (numbers.empty() ? "" : ", ") + std::to_string(entry.id);
  }
  return Error(Errc::kLimit, "\"" + id + "\" are several messages: " + numbers);
}

void tell_gone(const Context& context, ArchiveView& view) {
  if (!context.out().text()) return;
  const auto gone = archive::count_gone(view.database());
  if (gone && *gone > 0)
    context.out().note(counted(*gone, "message is", "messages are") +
                       " gone from the disk, and not deleted here: see \"restante verify\"");
}

Result<bool> ArchiveView::has_several_accounts() {
  RESTANTE_TRY(archive::Statement query,
               database_.prepare("SELECT (SELECT min(account) FROM messages) <> "
                                 "(SELECT max(account) FROM messages)"));
  RESTANTE_TRY(const bool row, query.step());
  return row && query.number(0) != 0;
}

std::optional<archive::QueryTree> parse_words(const std::vector<std::string>& words) {
  std::string query;
  for (const std::string& word : words) query += (query.empty() ? "" : " ") + word;
  const auto now = std::chrono::floor<std::chrono::seconds>(system_clock().now());
  archive::ParsedQuery parsed = archive::parse_query(query, now);
  if (parsed.tree) return std::move(parsed.tree);
  static_cast<void>(fail(Exit::kData, "the query has a mistake:"));
  static_cast<void>(fail_lines(Exit::kData, archive::show_mistake(query, parsed.mistake)));
  return std::nullopt;
}

}  // namespace restante::cli
