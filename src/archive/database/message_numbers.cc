#include "archive/database/message_numbers.h"

#include <fcntl.h>
#include <unistd.h>

#include <functional>
#include <optional>
#include <string>

#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/file_name.h"
#include "archive/mailbox/sha256.h"
#include "base/numbers.h"

namespace restante::archive {
namespace {

// Longer than any line, so that the last one is in it whole.
constexpr std::size_t kTailBytes = 4096;
constexpr std::size_t kBufferBytes = 1U << 16;
constexpr std::size_t kLineBytesMax = 2048;
// No archive gets there; a number that was damaged must not use up all others.
constexpr std::uint64_t kNumberMax = 1ULL << 40U;

struct Line {
  std::int64_t number = 0;
  std::string_view sha256;
  std::int64_t copy = 1;
  std::string account;
};

std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

/// Nothing: it was cut, or is none of ours.
std::optional<Line> parse(std::string_view text) {
  const auto number = parse_decimal<std::uint64_t>(take_word(text));
  const std::string_view sha256 = take_word(text);
  const auto copy = parse_decimal<std::uint32_t>(take_word(text));
  const auto account = account_of_folder(text);
  const bool is_ours = number && *number > 0 && *number <= kNumberMax && is_sha256(sha256) &&
                       copy && *copy > 0 && account;
  if (!is_ours) return {};
  return Line{static_cast<std::int64_t>(*number), sha256, std::int64_t{*copy}, *account};
}

/// Every line that can be read, in order.
Status for_each(const Path& file, const std::function<Status(const Line&)>& visit) {
  const auto opened = open_file(file, O_RDONLY);
  if (!opened && opened.error().code == Errc::kNotFound) return ok();
  if (!opened) return opened.error();
  std::string buffer(kBufferBytes, '\0');
  std::string rest;
  for (;;) {
    RESTANTE_TRY(const std::string_view octets, read_some(*opened, buffer, file));
    if (octets.empty()) return ok();
    rest += octets;
    std::string_view lines = rest;
    for (std::size_t end = lines.find('\n'); end != std::string_view::npos;
         end = lines.find('\n')) {
      if (const auto line = parse(lines.substr(0, end))) RESTANTE_CHECKED(visit(*line));
      lines.remove_prefix(end + 1);
    }
    rest.erase(0, rest.size() - lines.size());
    // A file of zeros after a crash must not fill the memory.
    if (rest.size() > kLineBytesMax) rest.clear();  // No line of ours: its end is none, either.
  }
}

/// The end of the file.
struct Tail {
  std::int64_t number = 0;  ///< Of its last line; 0: there is none that can be read.
  bool is_cut = false;
};

Result<Tail> tail_of(const Descriptor& file, const Path& path) {
  const off_t size = ::lseek(file.number(), 0, SEEK_END);
  if (size < 0) return system_error("lseek", path);
  const off_t from = std::max<off_t>(0, size - static_cast<off_t>(kTailBytes));
  std::string buffer(kTailBytes, '\0');
  const ssize_t got = ::pread(file.number(), buffer.data(), buffer.size(), from);
  if (got < 0) return system_error("read", path);
  std::string_view text(buffer.data(), static_cast<std::size_t>(got));
  Tail tail;
  tail.is_cut = !text.empty() && !text.ends_with('\n');
  // What is behind the last end of a line was cut by a crash, and is not believed.
  text = text.substr(0, text.rfind('\n') == std::string_view::npos ? 0 : text.rfind('\n'));
  const std::size_t begin = text.rfind('\n');
  if (const auto line = parse(begin == std::string_view::npos ? text : text.substr(begin + 1)))
    tail.number = line->number;
  return tail;
}

Result<Descriptor> open_locked(const Path& path) {
  // Appended under a lock: lines of two processes must not mix.
  RESTANTE_TRY(Descriptor file, open_file(path, O_RDWR | O_CREAT | O_APPEND));
  RESTANTE_CHECKED(files::lock_whole(file, files::WhenLocked::kWait, path));
  return file;
}

Result<std::int64_t> number_of(Database& database, std::string_view sql) {
  RESTANTE_TRY(Statement query, database.prepare(sql));
  RESTANTE_TRY(const bool row, query.step());
  return row ? query.number(0) : 0;
}

Result<bool> is_behind(Database& database, const Path& path) {
  RESTANTE_TRY(const std::int64_t newest,
               number_of(database, "SELECT coalesce(max(id), 0) FROM messages"));
  if (newest == 0) return false;
  const auto file = open_file(path, O_RDONLY);
  if (!file) return file.error().code == Errc::kNotFound ? Result<bool>(true) : file.error();
  RESTANTE_TRY(const Tail tail, tail_of(*file, path));
  return tail.number < newest || tail.is_cut;
}

/// A line for each of the rows (id, sha256, copy, account).
Status append_rows(Statement& rows, std::string lines, const Descriptor& file, const Path& path) {
  for (;;) {
    RESTANTE_TRY(const bool more, rows.step());
    if (more)
      lines += std::to_string(rows.number(0)) + " " + std::string(rows.text(1)) + " " +
               std::to_string(rows.number(2)) + " " + account_folder(rows.text(3)) + "\n";
    // In pieces: an archive of a million has eighty megabytes of them.
    if (more && lines.size() < kBufferBytes) continue;
    RESTANTE_CHECKED(write_all(file, lines, path));
    lines.clear();
    if (!more) return ok();
  }
}

Status append(Database& database, const Descriptor& file, const Path& path) {
  RESTANTE_TRY(const Tail tail, tail_of(file, path));
  RESTANTE_TRY(Statement rows, database.prepare("SELECT id, sha256, copy, account FROM messages "
                                                "WHERE id > ?1 ORDER BY id"));
  rows.bind(1, tail.number);
  // A half line gets its end first, so that it cannot run into the next.
  return append_rows(rows, tail.is_cut ? "\n" : "", file, path);
}

}  // namespace

Path numbers_file(const Path& archive) { return state_folder(archive) / "numbers"; }

Status keep_numbers(Database& database, const Path& archive) {
  const Path path = numbers_file(archive);
  // Nearly always: a look at the last line, and no lock.
  RESTANTE_TRY(const bool behind, is_behind(database, path));
  if (!behind) return ok();
  std::error_code ignored;
  const bool was_there = std::filesystem::exists(path, ignored);
  RESTANTE_TRY(const Descriptor file, open_locked(path));
  RESTANTE_CHECKED(append(database, file, path));
  RESTANTE_CHECKED(sync_data(file, path));
  return was_there ? ok() : sync_folder(path.parent_path());
}

Status keep_numbers_of(Database& database, const Path& archive, std::string_view account) {
  RESTANTE_CHECKED(keep_numbers(database, archive));
  // The newest of all stands last again: it says how far the file goes.
  RESTANTE_TRY(Statement rows,
               database.prepare("SELECT id, sha256, copy, account FROM messages WHERE account = ?1 "
                                "OR id = (SELECT max(id) FROM messages) ORDER BY id"));
  rows.bind(1, account);
  const Path path = numbers_file(archive);
  RESTANTE_TRY(const Descriptor file, open_locked(path));
  RESTANTE_CHECKED(append_rows(rows, "", file, path));
  return sync_data(file, path);
}

Status reserve_numbers(Database& database, const Path& archive) {
  std::int64_t most = 0;
  RESTANTE_CHECKED(for_each(numbers_file(archive), [&](const Line& line) {
    most = std::max(most, line.number);
    return ok();
  }));
  RESTANTE_TRY(const std::int64_t rows,
               number_of(database, "SELECT coalesce(max(id), 0) FROM messages"));
  // Numbers are never given twice: a mark in another program would lead to another message.
  RESTANTE_CHECKED(database.run("DELETE FROM sqlite_sequence WHERE name = 'messages'"));
  RESTANTE_TRY(Statement set,
               database.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('messages', ?1)"));
  set.bind(1, std::max(most, rows));
  return set.run();
}

Status restore_numbers(Database& database, const Path& archive) {
  RESTANTE_TRY(const auto transaction, database.begin());
  // The last line of a number counts: its account had another name before.
  RESTANTE_CHECKED(
      database.run("CREATE TEMP TABLE known_numbers "
                   "(id INTEGER PRIMARY KEY, sha256 TEXT, account TEXT, copy INTEGER)"));
  RESTANTE_TRY(Statement keep,
               database.prepare("INSERT OR REPLACE INTO known_numbers VALUES (?1, ?2, ?3, ?4)"));
  RESTANTE_CHECKED(for_each(numbers_file(archive), [&](const Line& line) {
    keep.bind(1, line.number);
    keep.bind(2, line.sha256);
    keep.bind(3, line.account);
    keep.bind(4, line.copy);
    return keep.run();
  }));
  RESTANTE_TRY(Statement known, database.prepare("SELECT * FROM known_numbers ORDER BY id"));
  RESTANTE_TRY(Statement give,
               database.prepare("UPDATE OR IGNORE messages SET id = ?1 WHERE sha256 = ?2 AND "
                                "account = ?3 AND copy = ?4 AND id <> ?1"));
  for (;;) {
    RESTANTE_TRY(const bool more, known.step());
    if (!more) break;
    for (int column = 0; column < 4; ++column) give.bind_column(column + 1, known, column);
    RESTANTE_CHECKED(give.run());
  }
  known.reset();
  RESTANTE_CHECKED(database.run("DROP TABLE known_numbers"));
  // The numbers that they had until now are free again.
  RESTANTE_CHECKED(reserve_numbers(database, archive));
  return transaction->commit();
}

}  // namespace restante::archive
