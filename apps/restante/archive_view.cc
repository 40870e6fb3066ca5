#include "restante/archive_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "archive/absence.h"
#include "archive/catalog.h"
#include "archive/indexer.h"
#include "archive/message_numbers.h"
#include "archive/read_only.h"
#include "console/harmless.h"
#include "console/terminal.h"
#include "restante/archive_claim.h"
#include "restante/local_time.h"
#include "text/cells.h"
#include "text/charset.h"

namespace restante::cli {
namespace {

using archive::Entry;

constexpr std::size_t kAccountColumns = 14;

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
    std::cerr << fmt::format("\rindexing {} of {} messages", done, total) << std::flush;
    return true;
  }

 private:
  const bool shown_;
  bool any_ = false;
};

std::string marks_of(const Entry& entry) {
  std::string marks;
  const auto has = [&](char flag) { return entry.flags.find(flag) != std::string::npos; };
  if (!has('S')) marks += 'N';
  if (has('F')) marks += '!';
  if (has('R')) marks += 'r';
  if (entry.has_attachment) marks += '@';
  if (entry.removed) marks += 'x';
  return marks;
}

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
  if (indexed->given_up > indexed->named.size())
    context.out().note(fmt::format("{} messages cannot be indexed: see \"restante list is:broken\"",
                                   indexed->given_up));
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

/// Those of the terminal, if there is one.
std::size_t columns_for_lists() {
  constexpr std::size_t kWithoutTerminal = 100;
  return ::isatty(STDERR_FILENO) == 1 ? console::terminal_columns() : kWithoutTerminal;
}

/// How wide the columns of a list may be, so that a row is one line of the terminal.
struct Room {
  std::size_t from = 0;
  std::size_t subject = 0;
};

/// `kept`: what other columns take.
Room room_for(const std::vector<Entry>& entries, std::size_t columns, std::size_t kept) {
  constexpr std::size_t kFromMax = 24;
  constexpr std::size_t kLeast = 8;
  constexpr std::size_t kDateAndGaps = 16 + 4 * 2;
  std::size_t id = 2;
  std::size_t marks = 0;
  for (const Entry& entry : entries) {
    id = std::max(id, std::to_string(entry.id).size());
    marks = std::max(marks, marks_of(entry).size());
  }
  const std::size_t taken = id + marks + kDateAndGaps + kept;
  const std::size_t left = std::max(columns, taken + 2 * kLeast) - taken;
  const std::size_t from = std::clamp(left * 2 / 5, kLeast, kFromMax);
  return {from, left - from};
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
    context.out().note(
        fmt::format("{} messages are gone from the disk, and nobody has deleted "
                    "them here: see \"restante verify\"",
                    *gone));
}

Result<bool> ArchiveView::has_several_accounts() {
  RESTANTE_TRY(archive::Statement query,
               database_.prepare("SELECT (SELECT min(account) FROM messages) <> "
                                 "(SELECT max(account) FROM messages)"));
  RESTANTE_TRY(const bool row, query.step());
  return row && query.number(0) != 0;
}

std::vector<std::string> accounts_of(const Entry& entry) {
  std::vector<std::string> accounts = {entry.account};
  for (const archive::Copy& copy : entry.copies)
    if (std::find(accounts.begin(), accounts.end(), copy.account) == accounts.end())
      accounts.push_back(copy.account);
  return accounts;
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

boost::json::object to_json(const Entry& entry, const archive::Path& archive) {
  const auto time = [](std::int64_t seconds) {
    return to_rfc3339(WallTime(std::chrono::seconds(seconds)));
  };
  boost::json::object object{
      {"id", entry.id},
      {"account", entry.account},
      {"date", time(entry.date)},
      {"arrived", time(entry.arrived)},
      {"from", entry.from},
      {"to", entry.to},
      {"subject", entry.subject},
      {"message_id", entry.message_id},
      {"thread", entry.thread},
      {"size", entry.size},
      {"flags", entry.flags},
      {"attachments", entry.has_attachment},
      {"removed", entry.removed},
      {"sha256", entry.sha256},
      {"file", archive::file_of(archive, entry).string()},
  };
  boost::json::array accounts;
  for (const std::string& account : accounts_of(entry)) accounts.emplace_back(account);
  boost::json::array copies = {{{"id", entry.id}, {"account", entry.account}}};
  for (const archive::Copy& copy : entry.copies)
    if (copy.id != entry.id)
      copies.push_back(boost::json::object{{"id", copy.id}, {"account", copy.account}});
  object["accounts"] = std::move(accounts);
  object["copies"] = std::move(copies);
  return object;
}

std::string fit(std::string_view text, std::size_t columns) {
  std::string line = console::harmless_line(text::mend_utf8(text));
  if (text::cut_to_cells(line, columns).size() == line.size()) return line;
  return std::string(text::cut_to_cells(line, columns > 0 ? columns - 1 : 0)) + "…";
}

void print_entries(const Context& context, ArchiveView& view, const std::vector<Entry>& entries) {
  JsonList objects(context.out());
  Output::Table table{{"ID", "DATE", "", "FROM", "SUBJECT"}, {}, {}};
  const bool by_account = view.has_several_accounts().value_or(false);
  if (by_account) table.header.insert(table.header.begin() + 3, "ACCOUNT");
  const Room room =
      room_for(entries, columns_for_lists(), by_account ? kAccountColumns + 2 : std::size_t{0});
  for (const Entry& entry : entries) {
    objects.add(to_json(entry, view.path()));
    table.rows.push_back({std::to_string(entry.id), short_date(entry.date), marks_of(entry),
                          fit(entry.from, room.from), fit(entry.subject, room.subject)});
    if (by_account)
      table.rows.back().insert(
          table.rows.back().begin() + 3,
          fit(fmt::format("{}", fmt::join(accounts_of(entry), ", ")), kAccountColumns));
    table.row_dimmed.push_back(entry.removed);
  }
  if (context.out().text()) context.out().print(table);
}

}  // namespace restante::cli
