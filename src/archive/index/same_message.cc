#include "archive/index/same_message.h"

#include <string_view>

#include "archive/mailbox/essence.h"
#include "archive/mailbox/sha256.h"
#include "archive/mailbox/stored_message.h"
#include "base/ascii.h"

namespace restante::archive {
namespace {

constexpr std::size_t kDigits = 15;  // 60 bits.

constexpr std::string_view kShared =
    "SELECT sameness, id, account FROM messages INDEXED BY messages_shared WHERE shared = 1 "
    "ORDER BY sameness, id";

std::int64_t number_of(std::string_view hexadecimal) {
  std::int64_t number = 0;
  for (const char c : hexadecimal.substr(0, kDigits))
    number = number * 16 + (is_digit(c) ? c - '0' : c - 'a' + 10);
  return number;
}

/// With every line ending in CRLF: some files came from elsewhere, with LF alone.
Result<Essence> essence_in_crlf(const Path& file, std::string_view sha256) {
  RESTANTE_TRY(const Judged judged, judge_file(file, sha256));
  EssenceReader reader;
  std::string lines;
  char before = '\0';
  RESTANTE_CHECKED(send_received(file, judged.form, [&](std::string_view octets) {
    lines.clear();
    for (const char c : octets) {
      if (c == '\n' && before != '\r') lines += '\r';
      lines += c;
      before = c;
    }
    reader.feed(lines);
    return ok();
  }));
  return reader.finish();
}

}  // namespace

// The sender and the subject that lists show are part of it: else a forged copy that comes first
// would stand for the true one.
std::int64_t sameness_of(const Path& file, const std::string& sha256, const Headers& headers) {
  const auto essence = essence_in_crlf(file, sha256);
  const bool is_known = essence && essence->has_message_id && !essence->sum.empty();
  if (!is_known) return number_of(sha256);
  return number_of(sha256_of(essence->sum + "\n" + headers.from + "\n" + headers.subject));
}

Result<SameMessages> SameMessages::open(Database& database) {
  SameMessages made;
  RESTANTE_CHECKED(database.prepare(
      "SELECT 1 FROM messages INDEXED BY messages_by_sameness WHERE sameness = ?1 AND account <> "
      "?2 LIMIT 1",
      made.find_));
  RESTANTE_CHECKED(database.prepare(
      "UPDATE messages INDEXED BY messages_by_sameness SET shared = 1 WHERE sameness = ?1",
      made.mark_));
  return made;
}

Status SameMessages::note(const std::string& account, std::int64_t sameness) {
  const ResetAtEnd reset(find_);
  find_.bind(1, sameness);
  find_.bind(2, account);
  RESTANTE_TRY(const bool found, find_.step());
  if (!found) return ok();
  mark_.bind(1, sameness);
  return mark_.run();
}

Status keep_one_of_each(Database& database, IdSet& ids) {
  RESTANTE_TRY(Statement query, database.prepare(kShared));
  std::int64_t sameness = -1;
  std::string account;  // The account whose message stays.
  for (;;) {
    RESTANTE_TRY(const bool more, query.step());
    if (!more) return ok();
    const std::int64_t id = query.number(1);
    if (!ids.has(id)) continue;
    if (query.number(0) != sameness) {
      sameness = query.number(0);
      account = query.text(2);
    } else if (query.text(2) != account) {
      ids.remove(id);
    }
  }
}

Result<bool> has_copies_outside(Database& database, const IdSet& ids, const IdSet& among) {
  RESTANTE_TRY(Statement query, database.prepare(kShared));
  std::int64_t sameness = -1;
  bool is_inside = false;
  bool is_outside = false;
  for (;;) {
    RESTANTE_TRY(const bool more, query.step());
    if (!more) return false;
    if (query.number(0) != sameness) is_inside = is_outside = false;
    sameness = query.number(0);
    is_inside = is_inside || ids.has(query.number(1));
    is_outside = is_outside || !among.has(query.number(1));
    if (is_inside && is_outside) return true;
  }
}

Result<std::vector<Copy>> copies_of(Database& database, std::int64_t id,
                                    const std::string& account) {
  RESTANTE_TRY(Statement query,
               database.prepare("SELECT id, account FROM messages INDEXED BY messages_by_sameness "
                                "WHERE sameness = (SELECT sameness FROM messages WHERE id = ?1 AND "
                                "shared = 1) AND removed = 0 AND id <> ?1 ORDER BY id"));
  query.bind(1, id);
  std::vector<Copy> copies = {{id, account}};
  for (;;) {
    RESTANTE_TRY(const bool more, query.step());
    if (!more) return copies;
    copies.push_back({query.number(0), std::string(query.text(1))});
  }
}

}  // namespace restante::archive
