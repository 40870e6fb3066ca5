#include "archive/reindex.h"

#include <utility>
#include <vector>

#include "archive/account_lock.h"
#include "archive/catalog.h"
#include "archive/database.h"
#include "archive/held_mail.h"
#include "archive/mailbox.h"
#include "base/clock.h"

namespace restante::archive {
namespace {

// What only the database knows; each is copied if it can be read. Their columns may grow.
constexpr const char* kStateTables[] = {"uids", "hand_on", "held", "imported"};

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

Result<std::int64_t> number_of(Database& database, std::string_view sql) {
  RESTANTE_TRY(Statement query, database.prepare(sql));
  RESTANTE_TRY(const bool row, query.step());
  return row ? query.number(0) : 0;
}

bool is_sound(Database& database) {
  auto query = database.prepare("PRAGMA quick_check(1)");
  if (!query) return false;
  const auto row = query->step();
  return row && *row && query->text(0) == "ok";
}

/// Nothing: it is damaged (or was never there).
std::optional<Database> open_sound(const Path& archive) {
  auto database = Database::open(archive, Access::kWrite);
  if (!database || !is_sound(*database)) return std::nullopt;
  const auto transaction = database->begin();
  if (!transaction || !database->run(kForget) || !(*transaction)->commit()) return std::nullopt;
  return std::move(*database);
}

/// Rows until the first that cannot be read. False: there was one.
Result<bool> copy_table(Database& from, Database& to, const std::string& table) {
  std::string columns;
  std::string places;
  {
    auto query = from.prepare("SELECT name FROM pragma_table_info('" + table + "')");
    if (!query) return false;
    for (int i = 1;; ++i) {
      const auto more = query->step();
      if (!more) return false;
      if (!*more) break;
      columns += (i > 1 ? ", " : "") + std::string(query->text(0));
      places += (i > 1 ? ", ?" : "?") + std::to_string(i);
    }
  }
  if (columns.empty()) return true;  // A table of a version that is newer or older.
  auto read = from.prepare("SELECT " + columns + " FROM " + table);
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
  auto damaged = Database::open_file(aside, Access::kRead);
  result.fetch_state_whole = damaged.has_value();
  if (!damaged) return made;
  for (const char* const table : kStateTables) {
    RESTANTE_TRY(const bool whole, copy_table(*damaged, made, table));
    result.fetch_state_whole = result.fetch_state_whole && whole;
  }
  return made;
}

}  // namespace

Result<Reindexed> reindex(const Path& archive, const IndexProgress& progress) {
  RESTANTE_TRY(const auto accounts, accounts_in(archive));
  std::vector<AccountLock> locks;
  for (const std::string& account : accounts) {
    RESTANTE_TRY(AccountLock lock, AccountLock::take(archive, account));
    locks.push_back(std::move(lock));
  }
  Reindexed result;
  auto sound = open_sound(archive);
  if (!sound) {
    RESTANTE_TRY(Database made, make_anew(archive, result));
    sound = std::move(made);
  }
  RESTANTE_CHECKED(synchronize_all(*sound, archive));
  RESTANTE_CHECKED(synchronize_held(*sound, archive));
  RESTANTE_TRY(const Indexed indexed, index_pending(*sound, archive, progress));
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
