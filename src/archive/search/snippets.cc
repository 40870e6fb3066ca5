#include "archive/search/snippets.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "archive/search/match.h"
#include "archive/search/search.h"
#include "base/ascii.h"
#include "text/charsets/charset.h"
#include "text/words.h"

namespace restante::archive {
namespace {

// A snippet is for a glance: the text behind this is not looked at.
constexpr std::size_t kTextBytesMax = 64U << 10;
constexpr std::uint64_t kFileBytesMax = 16U << 20;
constexpr std::size_t kPlainBytesMax = 160;
// The texts that share one transaction, which costs more than a text; they are in memory.
constexpr std::size_t kTogether = 50;

constexpr const char* kTable =
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.snippet_text USING fts5 (subject, from_, to_, cc, "
    "body, attachment, header_lines, name_lines, tokenize = \"restante\")";

// The columns that are shown, in this order: the text first, then what fits best.
constexpr const char* kFind =
    "SELECT rowid, snippet(snippet_text, 4, char(2), char(3), '…', 20), "
    "snippet(snippet_text, 0, char(2), char(3), '…', 20), "
    "snippet(snippet_text, 1, char(2), char(3), '…', 20), "
    "snippet(snippet_text, 2, char(2), char(3), '…', 20), "
    "snippet(snippet_text, 3, char(2), char(3), '…', 20), "
    "snippet(snippet_text, 5, char(2), char(3), '…', 20) "
    "FROM temp.snippet_text WHERE snippet_text MATCH ?1";
constexpr int kShownColumns = 6;

/// As it is put into the table: without marks that a sender wrote.
std::string shown_text(std::string_view text) {
  return text::without_controls(std::string(text::cut_utf8(text, kTextBytesMax)));
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || (is_control(c) && c != kMarkStart && c != kMarkEnd);
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  return line;
}

/// The column of kFind's row that is shown; nothing: only header fields or file names fit.
std::optional<int> column_to_show(const Statement& row) {
  std::optional<int> best;
  std::ptrdiff_t most = 0;
  for (int column = 1; column <= kShownColumns; ++column) {
    const std::string_view text = row.text(column);
    const std::ptrdiff_t marks = std::count(text.begin(), text.end(), kMarkStart);
    if (marks > most) best = column;
    if (column == 1 && marks > 0) break;
    most = std::max(most, marks);
  }
  return best;
}

}  // namespace

Result<Snippets> Snippets::open(Database& database, const QueryNode& query) {
  Snippets snippets(database);
  snippets.match_ = match_of(query, Table::kSnippets);
  if (snippets.match_.empty()) return snippets;
  // Documents are dear to read, and a word of another field is in none of them.
  const auto terms = terms_of(query);
  snippets.has_attached_ = std::any_of(terms.begin(), terms.end(), [](const TextTerm* term) {
    return term->field == TextField::kAny || term->field == TextField::kAttachment;
  });
  RESTANTE_CHECKED(database.run("PRAGMA temp_store = MEMORY"));
  RESTANTE_CHECKED(database.run(kTable));
  RESTANTE_CHECKED(
      database.prepare("INSERT INTO temp.snippet_text (subject, from_, to_, cc, body, "
                       "attachment, header_lines, name_lines, rowid) "
                       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                       snippets.insert_));
  RESTANTE_CHECKED(database.prepare(kFind, snippets.find_));
  return snippets;
}

/// Puts a message's texts into the table; `start` becomes how its text begins.
Status Snippets::add(std::int64_t row, const Path& file, std::string& start) {
  if (file.empty()) return ok();
  Wanted wanted;
  wanted.file_bytes_max = kFileBytesMax;
  wanted.text_bytes_max = kTextBytesMax;
  wanted.index_lines = !match_.empty();
  wanted.attached_bytes_max = has_attached_ ? kTextBytesMax : 0;
  const auto reading = reader_.read(file, wanted);
  // A message that cannot be read has no snippet; the list of what was found stands.
  if (!reading) return ok();
  const std::string text = shown_text(reading->text);
  start = one_line(text::cut_utf8(text, kPlainBytesMax));
  if (match_.empty()) return ok();
  const Headers& headers = reading->headers;
  insert_.bind(1, shown_text(headers.subject));
  insert_.bind(2, shown_text(headers.from));
  insert_.bind(3, shown_text(headers.to));
  insert_.bind(4, shown_text(headers.cc));
  insert_.bind(5, text);
  insert_.bind(6, shown_text(reading->attached));
  insert_.bind(7, reading->header_lines);
  insert_.bind(8, reading->name_lines);
  insert_.bind(9, row);
  return insert_.run();
}

/// Puts the lines that fit into their places.
Status Snippets::mark(std::vector<std::string>& snippets) {
  const ResetAtEnd reset(find_);
  find_.bind(1, match_);
  for (;;) {
    RESTANTE_TRY(const bool found, find_.step());
    if (!found) return ok();
    if (const auto column = column_to_show(find_))
      snippets.at(static_cast<std::size_t>(find_.number(0))) = one_line(find_.text(*column));
  }
}

Result<std::vector<std::string>> Snippets::of(const std::vector<Path>& files) {
  std::vector<std::string> snippets(files.size());
  for (std::size_t from = 0; from < files.size(); from += kTogether) {
    // The files' database is not changed: nothing is written to it, and no writer has to wait.
    if (!match_.empty()) RESTANTE_CHECKED(database_->run("BEGIN"));
    const std::size_t end = std::min(files.size(), from + kTogether);
    Status done = ok();
    for (std::size_t i = from; i < end && done; ++i)
      done = add(static_cast<std::int64_t>(i), files[i], snippets[i]);
    if (match_.empty()) continue;
    if (done) done = mark(snippets);
    RESTANTE_CHECKED(database_->run("ROLLBACK"));
    RESTANTE_CHECKED(std::move(done));
  }
  return snippets;
}

}  // namespace restante::archive
