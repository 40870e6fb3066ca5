#include "archive/snippets.h"

#include "archive/match.h"
#include "archive/message_text.h"
#include "archive/mime_message.h"
#include "archive/search.h"
#include "archive/text/charset.h"
#include "archive/text/words.h"
#include "base/ascii.h"

namespace restante::archive {
namespace {

// A snippet is for a glance: the text behind this is not looked at.
constexpr std::size_t kTextBytesMax = 64U << 10;
constexpr std::uint64_t kFileBytesMax = 16U << 20;
constexpr std::size_t kPlainBytesMax = 160;

constexpr const char* kTable =
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.snippet_text USING fts5 (subject, from_, to_, cc, "
    "body, "
    "attachment, tokenize = \"unicode61 remove_diacritics 2\")";

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || (is_control(c) && c != kMarkStart && c != kMarkEnd);
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  return line;
}

std::string words_of(std::string_view text) {
  std::string words;
  text::append_words(text, words, kTextBytesMax);
  return words;
}

}  // namespace

Result<Snippets> Snippets::open(Database& database, const QueryNode& query) {
  Snippets snippets;
  snippets.match_ = match_of(query);
  if (snippets.match_.empty()) return snippets;
  RESTANTE_CHECKED(database.run("PRAGMA temp_store = MEMORY"));
  RESTANTE_CHECKED(database.run(kTable));
  RESTANTE_CHECKED(
      database.prepare("INSERT INTO temp.snippet_text (subject, from_, to_, cc, body, "
                       "attachment) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                       snippets.insert_));
  RESTANTE_CHECKED(
      database.prepare("SELECT snippet(snippet_text, 4, char(2), char(3), '…', 20), "
                       "snippet(snippet_text, -1, char(2), char(3), '…', 20) "
                       "FROM temp.snippet_text WHERE snippet_text MATCH ?1",
                       snippets.find_));
  RESTANTE_CHECKED(database.prepare("DELETE FROM temp.snippet_text", snippets.clear_));
  return snippets;
}

Result<std::string> Snippets::of(const Path& file) {
  const auto message = MimeMessage::open(file, kFileBytesMax);
  if (!message) return std::string();
  const std::string body = body_text(*message, text::Links::kLeftOut, kTextBytesMax);
  const std::string start = one_line(text::cut_utf8(body, kPlainBytesMax));
  if (match_.empty()) return start;
  const Headers& headers = message->headers();
  insert_.bind(1, words_of(headers.subject));
  insert_.bind(2, words_of(headers.from));
  insert_.bind(3, words_of(headers.to));
  insert_.bind(4, words_of(headers.cc));
  insert_.bind(5, words_of(body));
  insert_.bind(6, words_of(attachment_words(*message, kTextBytesMax)));
  RESTANTE_CHECKED(insert_.run());
  std::string snippet = start;
  {
    const ResetAtEnd reset(find_);
    find_.bind(1, match_);
    RESTANTE_TRY(const bool found, find_.step());
    // The text first; what fits only a header or an attachment is shown as that.
    if (found) {
      const bool in_text = find_.text(0).find(kMarkStart) != std::string_view::npos;
      snippet = one_line(text::join_words(find_.text(in_text ? 0 : 1)));
    }
  }
  RESTANTE_CHECKED(clear_.run());
  return snippet;
}

}  // namespace restante::archive
