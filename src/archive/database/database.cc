#include "archive/database/database.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "archive/database/message_numbers.h"
#include "archive/database/put_aside.h"
#include "archive/database/rank_function.h"
#include "archive/database/restore_mark.h"
#include "archive/database/schema.h"
#include "archive/database/word_tokenizer.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/files.h"
#include "archive/mailbox/mailbox.h"

namespace restante::archive {
namespace {

// Debian's SQLite overwrites each page that it gives up, which doubles what is written when pieces
// of the index are put together. Nothing is won by it here: a message's words stay in the index
// when its file is removed.
constexpr const char* kLeaveFreePages = "PRAGMA secure_delete = FAST";

sql::Mode mode_of(Access access) {
  return access == Access::kRead ? sql::Mode::kRead : sql::Mode::kCreate;
}

/// Writers that did not end well, or have not ended yet, leave what they wrote in a log beside it.
bool has_log(const Path& file) {
  const auto stamp = stamp_of(file.string() + "-wal");
  return stamp && stamp->bytes > 0;
}

/// The name by which SQLite takes a file for one that no process changes.
Path as_fixed(const Path& file) {
  std::string uri = "file:";
  // What has a meaning in a URI; a percent sign as well, which would begin an escape.
  for (const char c : file.string()) {
    if (c == '%') uri += "%25";
    if (c == '?') uri += "%3f";
    if (c == '#') uri += "%23";
    if (c != '%' && c != '?' && c != '#') uri += c;
  }
  return uri + "?immutable=1";
}

bool has_files(const Path& folder) {
  const auto names = names_in(folder);
  return names && std::any_of(names->begin(), names->end(),
                              [](const std::string& name) { return !name.starts_with('.'); });
}

bool has_mail(const Path& archive) {
  const auto accounts = accounts_in(archive);
  return accounts && std::any_of(accounts->begin(), accounts->end(), [&](const auto& account) {
           const Path maildir = archive / account_folder(account);
           return has_files(maildir / "new") || has_files(maildir / "cur");
         });
}

/// Its traces stay when it goes.
bool had_database(const Path& archive) {
  std::error_code ignored;
  const auto aside = put_aside(archive, Aside::kAll);
  // Both are left by all but the newest versions, and neither is mail.
  return std::filesystem::exists(numbers_file(archive), ignored) || (aside && !aside->empty());
}

}  // namespace

Status check_database(const std::filesystem::path& archive) {
  if (is_half_restored(archive))
    return Error(Errc::kState, archive.string() +
                                   ": a restore was broken off; the same \"restante restore\" goes "
                                   "on with it");
  const Path file = Database::file_of(archive);
  const auto stamp = stamp_of(file);
  // Only "not there" means what follows: a disk that fails must not look like an empty archive.
  if (!stamp && stamp.error().code != Errc::kNotFound) return stamp.error();
  if (stamp && stamp->bytes > 0) return ok();
  if (!had_database(archive) || !has_mail(archive)) return ok();
  return Error(Errc::kCorrupt,
               file.string() + (stamp ? ": empty" : ": not there") +
                   ", though the archive has mail. Nothing was done; \"restante reindex\" makes it "
                   "anew: messages keep their numbers, and what was fetched is known again as far "
                   "as older files tell");
}

std::filesystem::path Database::file_of(const std::filesystem::path& archive) {
  return state_folder(archive) / "restante.db";
}

Result<Database> Database::open(const std::filesystem::path& archive, Access access,
                                std::chrono::milliseconds patience) {
  if (access == Access::kCreate) RESTANTE_CHECKED(make_folders(state_folder(archive)));
  RESTANTE_CHECKED(check_database(archive));
  RESTANTE_TRY(Database database, open_file(file_of(archive), access, patience));
  if (access == Access::kRead) return database;
  RESTANTE_TRY(std::vector<std::string> remarks, take_over_put_aside(database, archive));
  database.remarks_ = std::move(remarks);
  return database;
}

Result<Database> Database::open_alone(const std::filesystem::path& archive) {
  const Path file = file_of(archive);
  // Without a log the file alone is whole.
  if (!has_log(file)) return open_file(as_fixed(file), Access::kRead);
  RESTANTE_TRY(auto connection,
               sql::Connection::open(file, {sql::Mode::kAsItIs, kDatabasePatience, ""}));
  Database database(std::move(connection));
  // An exclusive user keeps the log's index in memory, so that no file beside it is needed.
  RESTANTE_CHECKED(database.run("PRAGMA locking_mode=EXCLUSIVE"));
  RESTANTE_CHECKED(database.run("PRAGMA query_only=ON"));
  RESTANTE_CHECKED(add_rank_function(database.connection()));
  RESTANTE_CHECKED(bring_up_to_date(database, file, Access::kRead));
  // A checkpoint at the end would write.
  sqlite3_db_config(database.connection(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  return database;
}

Result<Database> Database::open_file(const std::filesystem::path& file, Access access,
                                     std::chrono::milliseconds patience) {
  std::error_code ignored;
  const bool exists = std::filesystem::exists(file, ignored);
  if (!exists && access != Access::kCreate)
    return Error(Errc::kNotFound, file.string() + ": not there; \"restante reindex\" makes it");
  std::optional<MakingLock> making;
  // Two processes that both find no file would both make the tables.
  if (access != Access::kRead) {
    RESTANTE_TRY(MakingLock lock, MakingLock::take(file, patience));
    making.emplace(std::move(lock));
  }
  const auto open_as = [&](const Path& name) -> Result<Database> {
    RESTANTE_TRY(auto connection,
                 sql::Connection::open(
                     name, {mode_of(access), patience, " (\"restante reindex\" makes it anew)"}));
    Database database(std::move(connection));
    RESTANTE_CHECKED(database.run(kUsualCache));
    RESTANTE_CHECKED(database.run(kLeaveFreePages));
    RESTANTE_CHECKED(add_word_tokenizer(database.connection()));
    RESTANTE_CHECKED(add_rank_function(database.connection()));
    RESTANTE_CHECKED(bring_up_to_date(database, file, access));
    return database;
  };
  Result<Database> database = open_as(file);
  // Where nothing can be written SQLite cannot make the memory that readers share; nor can others
  // write.
  const bool cannot_share =
      !database && access == Access::kRead &&
      (database.error().code == Errc::kIo || database.error().code == Errc::kFull ||
       database.error().code == Errc::kState);
  if (cannot_share && !has_log(file)) return open_as(as_fixed(file));
  if (!database) return std::move(database).error();
  if (!exists) RESTANTE_CHECKED(sync_folder(file.parent_path()));
  return database;
}

}  // namespace restante::archive
