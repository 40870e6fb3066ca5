#include "archive/database/salvage.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace restante::archive {
namespace {

// Made again from the Maildirs, by the index.
constexpr const char* kMadeAgain[] = {"attachments", "thread_ids"};
// Facts that hold of an older state, too: a message was seen, handed on, or removed. All else
// (settings for the next fetch, verdicts, places in files) has had its time.
constexpr const char* kLasting[] = {"uids", "hand_on", "messages"};

bool is_among(std::span<const char* const> names, const std::string& name) {
  return std::any_of(names.begin(), names.end(), [&](const char* each) { return name == each; });
}

struct Column {
  std::string name;
  std::int64_t in_key = 0;  // Its place in the primary key, from 1 on.
};

/// Empty: it has no such table.
Result<std::vector<Column>> columns_of(sql::Connection& database, const std::string& table) {
  RESTANTE_TRY(Statement query,
               database.prepare("SELECT name, pk FROM pragma_table_info('" + table + "')"));
  std::vector<Column> columns;
  for (;;) {
    RESTANTE_TRY(const bool more, query.step());
    if (!more) return columns;
    columns.push_back({std::string(query.text(0)), query.number(1)});
  }
}

/// All but the index's, SQLite's own and what is made again.
Result<std::vector<std::string>> tables_of(Database& database) {
  RESTANTE_TRY(Statement query,
               database.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND "
                                "type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"));
  std::vector<std::string> tables;
  for (;;) {
    RESTANTE_TRY(const bool more, query.step());
    if (!more) return tables;
    std::string name(query.text(0));
    if (!is_among(kMadeAgain, name)) tables.push_back(std::move(name));
  }
}

/// The columns that both have, without those that `numbers` leaves to the new table.
std::vector<std::string> shared(const std::vector<Column>& from, const std::vector<Column>& to,
                                bool without_id) {
  std::vector<std::string> names;
  for (const Column& column : from) {
    const bool is_wanted = std::any_of(
        to.begin(), to.end(), [&](const Column& each) { return each.name == column.name; });
    if (is_wanted && !(without_id && column.name == "id")) names.push_back(column.name);
  }
  return names;
}

/// " ORDER BY" its key, from the end: the way around a page that cannot be read.
std::string from_the_end(std::vector<Column> columns) {
  std::erase_if(columns, [](const Column& column) { return column.in_key == 0; });
  std::sort(columns.begin(), columns.end(),
            [](const Column& a, const Column& b) { return a.in_key < b.in_key; });
  std::string order;
  for (const Column& column : columns)
    order += (order.empty() ? " ORDER BY " : ", ") + column.name + " DESC";
  return order;
}

/// The index and the Maildirs fill these columns anew.
constexpr const char* kForgetMade =
    "UPDATE messages SET indexed = 0, attempts = 0; "
    "UPDATE messages SET thread = NULL, has_attachment = 0 WHERE removed = 0";

/// Says nothing of what is in the file.
bool is_passing(const Error& error) {
  return error.code == Errc::kBusy || error.code == Errc::kFull;
}

// Before this version messages.removed 1 was also what had vanished (schema.cc).
constexpr std::int64_t kTellsDeleted = 12;

/// 0: it cannot be read.
std::int64_t version_of(sql::Connection& database) {
  auto query = database.prepare("PRAGMA user_version");
  if (!query) return 0;
  const auto row = query->step();
  return row && *row ? query->number(0) : 0;
}

class Salvaging {
 public:
  Salvaging(sql::Connection& from, Database& to, Numbers numbers)
      : from_(from), to_(to), numbers_(numbers) {}

  Result<Salvaged> run() {
    tells_deleted_ = version_of(from_) >= kTellsDeleted;
    RESTANTE_TRY(const auto tables, tables_of(to_));
    RESTANTE_TRY(const auto transaction, to_.begin());
    for (const std::string& table : tables) {
      if (numbers_ != Numbers::kKept && !is_among(kLasting, table)) continue;
      const std::uint64_t before = written_;
      RESTANTE_CHECKED(copy(table));
      if (table == "uids") salvaged_.uids = written_ - before;
    }
    if (numbers_ != Numbers::kFresh) RESTANTE_CHECKED(to_.run(kForgetMade));
    RESTANTE_CHECKED(transaction->commit());
    return salvaged_;
  }

 private:
  [[nodiscard]] std::string condition_for(const std::string& table) const {
    if (table == "meta") return " WHERE name NOT LIKE 'maildir %'";
    if (table == "messages" && numbers_ == Numbers::kFresh) return " WHERE removed > 0";
    return {};
  }

  /// The expression that reads a column now.
  [[nodiscard]] std::string source_of(const std::string& table, const std::string& column) const {
    if (table == "messages" && column == "removed" && !tells_deleted_)
      return "CASE removed WHEN 1 THEN 3 ELSE removed END";
    if (table != "hand_on" || numbers_ == Numbers::kKept) return column;
    // A row that waited in an older state may have been handed on since: its owner decides.
    if (column == "state") return "CASE state WHEN 0 THEN 2 ELSE state END";
    if (column == "reason")
      return "CASE state WHEN 0 THEN 'the archive''s state was lost: it may be there already' "
             "ELSE reason END";
    return column;
  }

  /// Versions may differ: columns that only one of the two has are left out.
  Status copy(const std::string& table) {
    const auto there = columns_of(from_, table);
    if (!there && is_passing(there.error())) return there.error();
    bool& whole = table == "messages" ? salvaged_.marks_whole : salvaged_.whole;
    if (!there) whole = false;
    if (!there || there->empty()) return ok();
    RESTANTE_TRY(const auto wanted, columns_of(to_, table));
    const auto names = shared(*there, wanted, numbers_ == Numbers::kFresh);
    std::string columns;
    std::string sources;
    std::string places;
    for (std::size_t i = 0; i < names.size(); ++i) {
      columns += (i > 0 ? ", " : "") + names[i];
      sources += (i > 0 ? ", " : "") + source_of(table, names[i]);
      places += (i > 0 ? ", ?" : "?") + std::to_string(i + 1);
    }
    RESTANTE_TRY(Statement write, to_.prepare("INSERT OR IGNORE INTO " + table + " (" + columns +
                                              ") VALUES (" + places + ")"));
    const std::string select = "SELECT " + sources + " FROM " + table + condition_for(table);
    RESTANTE_TRY(const bool all, copy_rows(select, write));
    if (all) return ok();
    whole = false;
    RESTANTE_CHECKED(copy_rows(select + from_the_end(*there), write));
    return ok();
  }

  /// Until the first row that cannot be read. False: there was one, or one that is nonsense.
  Result<bool> copy_rows(const std::string& select, Statement& write) {
    auto read = from_.prepare(select);
    if (!read && is_passing(read.error())) return read.error();
    if (!read) return false;
    bool whole = true;
    for (;;) {
      const auto more = read->step();
      if (!more && is_passing(more.error())) return more.error();
      if (!more) return false;
      if (!*more) return whole;
      for (int i = 0; i < read->columns(); ++i) write.bind_column(i + 1, *read, i);
      const Status written = write.run();
      const bool is_nonsense = !written && written.error().code == Errc::kExists;
      if (!written && !is_nonsense) return written.error();
      if (is_nonsense) whole = false;
      if (written) written_ += static_cast<std::uint64_t>(to_.changes());
    }
  }

  sql::Connection& from_;
  Database& to_;
  const Numbers numbers_;
  bool tells_deleted_ = false;
  Salvaged salvaged_;
  std::uint64_t written_ = 0;
};

}  // namespace

Result<Salvaged> salvage(sql::Connection& from, Database& to, Numbers numbers) {
  return Salvaging(from, to, numbers).run();
}

Result<Salvaged> salvage_file(const Path& file, Database& to, Numbers numbers) {
  // Not as an archive's database: that refuses one of an older version, whose state is as dear.
  auto from = sql::Connection::open(file, {sql::Mode::kRead, kDatabasePatience, ""});
  Status readable = from ? ok() : Status(from.error());
  if (from) readable = from->run("SELECT count(*) FROM sqlite_schema");
  if (readable) return salvage(*from, to, numbers);
  if (readable.error().code == Errc::kCorrupt) return Salvaged{false, false, 0};
  return readable.error();
}

}  // namespace restante::archive
