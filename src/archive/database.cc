#include "archive/database.h"

#include <fcntl.h>

#include <filesystem>

#include "archive/account_lock.h"
#include "archive/files.h"
#include "archive/ranking.h"
#include "archive/schema.h"
#include "archive/word_tokenizer.h"

namespace restante::archive {
namespace {

sql::Mode mode_of(Access access) {
  return access == Access::kRead ? sql::Mode::kRead : sql::Mode::kCreate;
}

/// While several open a file that is not there yet, one makes it and the others wait: SQLite itself
/// says "busy" at once while another turns on WAL.
Result<Descriptor> lock_making(const Path& file) {
  Path path = file;
  path += ".lock";
  RESTANTE_TRY(Descriptor lock, archive::open_file(path, O_RDWR | O_CREAT));
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(lock.number(), F_OFD_SETLKW, &whole) != 0) return system_error("lock", path);
  return lock;
}

/// Writers that did not end well, or have not ended yet, leave what they wrote in a log beside it.
bool has_log(const Path& file) {
  const auto stamp = stamp_of(file.string() + "-wal");
  return stamp && stamp->bytes > 0;
}

/// The name by which SQLite takes a file for one that nobody can change.
Path as_fixed(const Path& file) {
  std::string uri = "file:";
  for (const char c : file.string()) {
    if (c == '%') uri += "%25";
    if (c == '?') uri += "%3f";
    if (c == '#') uri += "%23";
    if (c != '%' && c != '?' && c != '#') uri += c;
  }
  return uri + "?immutable=1";
}

}  // namespace

std::filesystem::path Database::file_of(const std::filesystem::path& archive) {
  return state_folder(archive) / "restante.db";
}

Result<Database> Database::open(const std::filesystem::path& archive, Access access,
                                std::chrono::milliseconds patience) {
  if (access == Access::kCreate) RESTANTE_CHECKED(make_folders(state_folder(archive)));
  return open_file(file_of(archive), access, patience);
}

Result<Database> Database::open_file(const std::filesystem::path& file, Access access,
                                     std::chrono::milliseconds patience) {
  std::error_code ignored;
  const bool exists = std::filesystem::exists(file, ignored);
  if (!exists && access != Access::kCreate)
    return Error(Errc::kNotFound, file.string() + ": not there; \"restante reindex\" makes it");
  Descriptor making;
  if (access != Access::kRead) {
    RESTANTE_TRY(Descriptor lock, lock_making(file));
    making = std::move(lock);
  }
  const auto open_as = [&](const Path& name) -> Result<Database> {
    RESTANTE_TRY(auto connection,
                 sql::Connection::open(
                     name, {mode_of(access), patience, " (\"restante reindex\" makes it anew)"}));
    Database database(std::move(connection));
    RESTANTE_CHECKED(database.run("PRAGMA cache_size=-65536"));
    RESTANTE_CHECKED(add_word_tokenizer(database.connection()));
    RESTANTE_CHECKED(add_rank_function(database.connection()));
    RESTANTE_CHECKED(bring_up_to_date(database, file, access));
    return database;
  };
  Result<Database> database = open_as(file);
  // Where nothing can be written SQLite cannot make what readers share; then nobody writes, either.
  const bool cannot_share =
      !database && access == Access::kRead &&
      (database.error().code == Errc::kIo || database.error().code == Errc::kState);
  if (cannot_share && !has_log(file)) return open_as(as_fixed(file));
  if (!database) return std::move(database).error();
  if (!exists) RESTANTE_CHECKED(sync_folder(file.parent_path()));
  return database;
}

}  // namespace restante::archive
