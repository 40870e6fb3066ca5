#include "archive/index/reindex.h"

#include <filesystem>
#include <string>
#include <utility>

#include "archive/database/catalog.h"
#include "archive/database/database.h"
#include "archive/database/held_mail.h"
#include "archive/database/message_numbers.h"
#include "archive/database/rebuild.h"
#include "archive/database/schema.h"
#include "archive/mailbox/account_lock.h"
#include "archive/reader/reader.h"

namespace restante::archive {
namespace {

/// Drops all that comes from the Maildirs, so that it is made again. Removed messages stay known as
/// removed, and have no words until they are back; messages keep their numbers.
constexpr const char* kForget = R"sql(
INSERT INTO search (search) VALUES ('delete-all');
DELETE FROM attachments;
DELETE FROM thread_ids;
DELETE FROM meta WHERE name LIKE 'maildir %';
UPDATE messages SET indexed = 0, attempts = 0;
UPDATE messages SET thread = NULL, has_attachment = 0, size = 0 WHERE removed = 0;
)sql";

Result<std::int64_t> number_of(Database& database, std::string_view sql) {
  RESTANTE_TRY(Statement query, database.prepare(sql));
  RESTANTE_TRY(const bool row, query.step());
  return row ? query.number(0) : 0;
}

Status check(Database& database) {
  // One fault is enough to know.
  RESTANTE_TRY(Statement query, database.prepare("PRAGMA quick_check(1)"));
  RESTANTE_TRY(const bool row, query.step());
  if (row && query.text(0) == "ok") return ok();
  return Error(Errc::kCorrupt, row ? std::string(query.text(0)) : "no answer of quick_check");
}

/// A later version of this program has made it: no damage, and nothing for us to judge.
Status refuse_newer(const Path& file) {
  // Without a look at its tables: those of a newer version may be others.
  auto opened = sql::Connection::open(file, {sql::Mode::kRead, kDatabasePatience, ""});
  if (!opened) return ok();
  auto query = opened->prepare("PRAGMA user_version");
  if (!query) return ok();
  const auto row = query->step();
  if (!row || !*row || query->number(0) <= static_cast<std::int64_t>(schema_steps().size()))
    return ok();
  return Error(Errc::kState, file.string() + ": made by a newer version of this program");
}

/// The index is made in what room there is beside it: begun without that, it would be left half
/// made, and searches would find nothing. Errors: kFull.
Status check_room(const Path& archive) {
  const Path file = Database::file_of(archive);
  const auto stamp = stamp_of(file);
  std::error_code failed;
  const auto space = std::filesystem::space(file.parent_path(), failed);
  // Where nothing can be asked it is tried.
  if (!stamp || failed || space.available >= stamp->bytes) return ok();
  return Error(Errc::kFull, file.string() + ": making its index anew needs " +
                                std::to_string(stamp->bytes >> 10U) +
                                " KiB of room, and there are " +
                                std::to_string(space.available >> 10U) + "; nothing was changed");
}

/// Ready to be filled again. Errors: kCorrupt and kSyntax (tables are missing): it is damaged;
/// kNotFound; all others say nothing of the file.
Result<Database> open_sound(const Path& archive, std::chrono::milliseconds patience) {
  RESTANTE_TRY(Database database, Database::open(archive, Access::kWrite, patience));
  // After its opening: a damaged one may open well.
  RESTANTE_CHECKED(check(database));
  RESTANTE_CHECKED(check_room(archive));
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_CHECKED(database.run(kForget));
  RESTANTE_CHECKED(transaction->commit());
  return database;
}

bool is_damage(Errc code) {
  return code == Errc::kCorrupt || code == Errc::kSyntax || code == Errc::kNotFound;
}

}  // namespace

Result<Reindexed> reindex(const Path& archive, const IndexProgress& progress,
                          std::chrono::milliseconds patience) {
  // Every account: a fetch that runs meanwhile would write into the tables that are made anew.
  RESTANTE_TRY(const auto locks, AccountLock::take_all(archive));
  Reindexed result;
  auto sound = open_sound(archive, patience);
  if (!sound) {
    // A database that is only busy, full or unreadable today is not put aside.
    if (!is_damage(sound.error().code)) return sound.error();
    RESTANTE_CHECKED(refuse_newer(Database::file_of(archive)));
    RESTANTE_TRY(Rebuilt rebuilt, rebuild(archive, patience));
    result.put_aside = std::move(rebuilt.put_aside);
    result.fetch_state_whole = rebuilt.whole;
    result.marks_whole = rebuilt.marks_whole;
    sound = Database::open(archive, Access::kWrite, patience);
    if (!sound) return std::move(sound).error();
  }
  RESTANTE_CHECKED(synchronize_all(*sound, archive));
  RESTANTE_CHECKED(synchronize_held(*sound, archive));
  RESTANTE_CHECKED(keep_numbers(*sound, archive));
  RESTANTE_TRY(const Indexed indexed,
               index_pending(*sound, archive, progress, WhenBusy::kWait, kThorough));
  result.indexed = indexed;
  // One piece each, and no holes: it was made from nothing, so this is the smallest that it can be.
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
