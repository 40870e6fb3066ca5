#include "archive/reindex.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "archive/account_lock.h"
#include "archive/catalog.h"
#include "archive/database.h"
#include "archive/held_mail.h"
#include "archive/mailbox.h"
#include "archive/reader/reader.h"
#include "archive/schema.h"
#include "base/clock.h"

namespace restante::archive {
namespace {

// What only the database knows; each is copied if it can be read. Their columns may grow.
constexpr const char* kStateTables[] = {"uids", "hand_on", "hand_on_targets",
                                        "held", "runs",    "imported"};

/// All that comes from the Maildirs is to be made again. Removed messages stay known as removed,
/// and messages keep their numbers.
constexpr const char* kForget = R"sql(
INSERT INTO search (search) VALUES ('delete-all');
DELETE FROM attachments;
DELETE FROM thread_ids;
DELETE FROM meta WHERE name LIKE 'maildir %';
UPDATE messages SET indexed = 0, attempts = 0, thread = NULL, has_attachment = 0, size = 0
  WHERE removed = 0;
)sql";

/// Messages that share a file with another one, as the fetch state knows them: where the table of
/// messages was lost, the Maildir has told of the first alone.
constexpr const char* kCopies = R"sql(
INSERT OR IGNORE INTO messages
  (account, sha256, copy, name, foreign_file, flags, size, arrived, date)
  SELECT m.account, m.sha256, u.copy, m.name, m.foreign_file, m.flags, m.size, m.arrived, m.date
  FROM uids u JOIN messages m ON m.account = u.account AND m.sha256 = u.sha256 AND m.copy = 1
  WHERE u.copy > 1 AND m.removed = 0;
)sql";

Result<std::int64_t> number_of(Database& database, std::string_view sql) {
  RESTANTE_TRY(Statement query, database.prepare(sql));
  RESTANTE_TRY(const bool row, query.step());
  return row ? query.number(0) : 0;
}

Status check(Database& database) {
  RESTANTE_TRY(Statement query, database.prepare("PRAGMA quick_check(1)"));
  RESTANTE_TRY(const bool row, query.step());
  if (row && query.text(0) == "ok") return ok();
  return Error(Errc::kCorrupt, row ? std::string(query.text(0)) : "no answer of quick_check");
}

/// A later version of this program has made it: no damage, and nothing for us to judge.
Status refuse_newer(const Path& file) {
  auto opened = sql::Connection::open(file, {sql::Mode::kRead, kDatabasePatience, ""});
  if (!opened) return ok();
  auto query = opened->prepare("PRAGMA user_version");
  if (!query) return ok();
  const auto row = query->step();
  if (!row || !*row || query->number(0) <= static_cast<std::int64_t>(schema_steps().size()))
    return ok();
  return Error(Errc::kState, file.string() + ": made by a newer version of this program");
}

/// Ready to be filled again. Errors: kCorrupt and kSyntax (tables are missing): it is damaged;
/// kNotFound; all others say nothing of the file.
Result<Database> open_sound(const Path& archive, std::chrono::milliseconds patience) {
  RESTANTE_TRY(Database database, Database::open(archive, Access::kWrite, patience));
  RESTANTE_CHECKED(check(database));
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_CHECKED(database.run(kForget));
  RESTANTE_CHECKED(transaction->commit());
  return database;
}

bool is_damage(Errc code) {
  return code == Errc::kCorrupt || code == Errc::kSyntax || code == Errc::kNotFound;
}

/// Empty: it has no such table.
Result<std::vector<std::string>> columns_of(sql::Connection& database, const std::string& table) {
  RESTANTE_TRY(Statement query,
               database.prepare("SELECT name FROM pragma_table_info('" + table + "')"));
  std::vector<std::string> names;
  for (;;) {
    RESTANTE_TRY(const bool more, query.step());
    if (!more) return names;
    names.emplace_back(query.text(0));
  }
}

/// Rows until the first that cannot be read. False: there was one. `which`: a condition. Versions
/// may differ: what only one of the two has is left out.
Result<bool> copy_table(sql::Connection& from, Database& to, const std::string& table,
                        const std::string& which = "true") {
  const auto there = columns_of(from, table);
  if (!there) return false;
  RESTANTE_TRY(const auto wanted, columns_of(to, table));
  std::string columns;
  std::string places;
  int count = 0;
  for (const std::string& name : *there) {
    if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    ++count;
    columns += (count > 1 ? ", " : "") + name;
    places += (count > 1 ? ", ?" : "?") + std::to_string(count);
  }
  if (columns.empty()) return true;  // A table of a version that is newer or older.
  auto read = from.prepare("SELECT " + columns + " FROM " + table + " WHERE " + which);
  if (!read) return false;
  auto write =
      to.prepare("INSERT OR IGNORE INTO " + table + " (" + columns + ") VALUES (" + places + ")");
  if (!write) return true;
  RESTANTE_TRY(const auto transaction, to.begin());
  bool whole = true;
  for (;;) {
    const auto more = read->step();
    if (!more) whole = false;
    if (!more || !*more) break;
    for (int i = 0; i < read->columns(); ++i) write->bind_column(i + 1, *read, i);
    RESTANTE_CHECKED(write->run());
  }
  RESTANTE_CHECKED(transaction->commit());
  return whole;
}

/// The file and what SQLite keeps beside it, under names that nobody opens.
Result<Path> put_aside(const Path& file) {
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(system_clock().now()).time_since_epoch().count();
  Path aside = file;
  aside += ".damaged-" + std::to_string(seconds);
  for (const char* const ending : {"-wal", "-shm", ""}) {
    Path from = file;
    from += ending;
    Path to = aside;
    to += ending;
    const Status moved = rename_file(from, to);
    if (!moved && moved.error().code != Errc::kNotFound) return moved.error();
  }
  RESTANTE_CHECKED(sync_folder(file.parent_path()));
  return aside;
}

Result<Database> make_anew(const Path& archive, Reindexed& result) {
  const Path file = Database::file_of(archive);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    result.fetch_state_whole = false;
    return Database::open(archive, Access::kCreate);
  }
  RESTANTE_TRY(const Path aside, put_aside(file));
  result.put_aside = aside.string();
  RESTANTE_TRY(Database made, Database::open(archive, Access::kCreate));
  // Not as an archive's database: that refuses one of an older version, whose state is as dear.
  auto damaged = sql::Connection::open(aside, {sql::Mode::kRead, kDatabasePatience, ""});
  result.fetch_state_whole = damaged.has_value();
  if (!damaged) return made;
  for (const char* const table : kStateTables) {
    RESTANTE_TRY(const bool whole, copy_table(*damaged, made, table));
    result.fetch_state_whole = result.fetch_state_whole && whole;
  }
  // Else what somebody removed would come back when its server gives it another id. As much as can
  // be read: the others cost no mail.
  static_cast<void>(copy_table(*damaged, made, "messages", "removed = 1"));
  return made;
}

}  // namespace

Result<Reindexed> reindex(const Path& archive, const IndexProgress& progress,
                          std::chrono::milliseconds patience) {
  RESTANTE_TRY(const auto locks, AccountLock::take_all(archive));
  Reindexed result;
  auto sound = open_sound(archive, patience);
  if (!sound) {
    // Whatever is only busy, full or unreadable today is not put aside.
    if (!is_damage(sound.error().code)) return sound.error();
    RESTANTE_CHECKED(refuse_newer(Database::file_of(archive)));
    sound = make_anew(archive, result);
    if (!sound) return std::move(sound).error();
  }
  RESTANTE_CHECKED(synchronize_all(*sound, archive));
  RESTANTE_CHECKED(sound->run(kCopies));
  RESTANTE_CHECKED(synchronize_held(*sound, archive));
  RESTANTE_TRY(const Indexed indexed,
               index_pending(*sound, archive, progress, WhenBusy::kWait, kThorough));
  result.indexed = indexed;
  RESTANTE_CHECKED(sound->run("INSERT INTO search (search) VALUES ('optimize')"));
  RESTANTE_CHECKED(sound->run("VACUUM"));
  RESTANTE_TRY(const std::int64_t messages,
               number_of(*sound, "SELECT count(*) FROM messages WHERE removed = 0"));
  RESTANTE_TRY(const std::int64_t uids, number_of(*sound, "SELECT count(*) FROM uids"));
  result.messages = static_cast<std::uint64_t>(messages);
  result.uids_kept = static_cast<std::uint64_t>(uids);
  return result;
}

}  // namespace restante::archive
