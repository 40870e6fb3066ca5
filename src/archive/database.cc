#include "archive/database.h"

#include <fcntl.h>

#include <filesystem>

#include "archive/account_lock.h"
#include "archive/files.h"
#include "archive/ranking.h"
#include "archive/schema.h"
#include "base/check.h"

namespace restante::archive {
namespace {

constexpr int kPatienceMs = 20'000;

Errc to_errc(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Errc::kBusy;
    case SQLITE_CONSTRAINT: return Errc::kExists;
    case SQLITE_FULL: return Errc::kFull;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Errc::kCorrupt;
    case SQLITE_READONLY: return Errc::kState;
    case SQLITE_ERROR: return Errc::kSyntax;
    case SQLITE_PERM:
    case SQLITE_AUTH: return Errc::kAuth;
    default: return Errc::kIo;
  }
}

Error to_error(sqlite3* connection, int code) {
  const char* const path =
      connection != nullptr ? sqlite3_db_filename(connection, "main") : nullptr;
  std::string detail = path != nullptr && *path != '\0' ? path : "the archive's database";
  detail += ": ";
  detail += connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  if (to_errc(code) == Errc::kCorrupt) detail += " (\"restante reindex\" makes it anew)";
  return Error(to_errc(code), std::move(detail));
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

}  // namespace

void Statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL, not the empty text.
  const char* const data = text.data() != nullptr ? text.data() : "";
  const int code = sqlite3_bind_text64(statement_.get(), index, data, text.size(), SQLITE_TRANSIENT,
                                       SQLITE_UTF8);
  RESTANTE_CHECK(code == SQLITE_OK);
}

void Statement::bind(int index, std::int64_t number) {
  RESTANTE_CHECK(sqlite3_bind_int64(statement_.get(), index, number) == SQLITE_OK);
}

void Statement::bind_null(int index) {
  RESTANTE_CHECK(sqlite3_bind_null(statement_.get(), index) == SQLITE_OK);
}

void Statement::bind_pointer(int index, void* object, const char* type) {
  RESTANTE_CHECK(sqlite3_bind_pointer(statement_.get(), index, object, type, nullptr) == SQLITE_OK);
}

void Statement::bind_column(int index, const Statement& other, int column) {
  sqlite3_value* const value = sqlite3_column_value(other.statement_.get(), column);
  RESTANTE_CHECK(sqlite3_bind_value(statement_.get(), index, value) == SQLITE_OK);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return to_error(sqlite3_db_handle(statement_.get()), code);
}

Status Statement::run() {
  const ResetAtEnd reset(*this);
  for (;;) {
    RESTANTE_TRY(const bool more, step());
    if (!more) return ok();
  }
}

std::string_view Statement::text(int column) const {
  const unsigned char* const data = sqlite3_column_text(statement_.get(), column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

std::filesystem::path Database::file_of(const std::filesystem::path& archive) {
  return state_folder(archive) / "restante.db";
}

Result<Database> Database::open(const std::filesystem::path& archive, Access access) {
  if (access == Access::kCreate) RESTANTE_CHECKED(make_folders(state_folder(archive)));
  return open_file(file_of(archive), access);
}

Result<Database> Database::open_file(const std::filesystem::path& file, Access access) {
  std::error_code ignored;
  const bool exists = std::filesystem::exists(file, ignored);
  if (!exists && access != Access::kCreate)
    return Error(Errc::kNotFound, file.string() + ": not there; \"restante reindex\" makes it");
  Descriptor making;
  if (access != Access::kRead) {
    RESTANTE_TRY(Descriptor lock, lock_making(file));
    making = std::move(lock);
  }
  const int mode =
      access == Access::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw,
                                   mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Database database;
  database.connection_.reset(raw);
  if (code != SQLITE_OK) return Error(to_errc(code), file.string() + ": " + sqlite3_errmsg(raw));
  sqlite3_busy_timeout(raw, kPatienceMs);
  if (access != Access::kRead) {
    RESTANTE_CHECKED(database.run("PRAGMA journal_mode=WAL"));
    RESTANTE_CHECKED(database.run("PRAGMA synchronous=FULL"));
  }
  RESTANTE_CHECKED(database.run("PRAGMA foreign_keys=ON"));
  RESTANTE_CHECKED(database.run("PRAGMA trusted_schema=OFF"));
  RESTANTE_CHECKED(database.run("PRAGMA cache_size=-65536"));
  RESTANTE_CHECKED(add_rank_function(raw));
  RESTANTE_CHECKED(bring_up_to_date(database, file, access));
  if (!exists) RESTANTE_CHECKED(sync_folder(file.parent_path()));
  return database;
}

Status Database::run(const char* sql) {
  const int code = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return to_error(connection_.get(), code);
  return ok();
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return to_error(connection_.get(), code);
  Statement statement;
  statement.statement_.reset(raw);
  return statement;
}

Status Database::prepare(std::string_view sql, Statement& into) {
  RESTANTE_TRY(Statement statement, prepare(sql));
  into = std::move(statement);
  return ok();
}

Result<std::unique_ptr<Transaction>> Database::begin() {
  RESTANTE_CHECKED(run("BEGIN IMMEDIATE"));
  return std::unique_ptr<Transaction>(new Transaction(*this));
}

Transaction::~Transaction() {
  // After a failed commit SQLite may have rolled back by itself; the second one is harmless.
  if (!done_) static_cast<void>(database_.run("ROLLBACK"));
}

Status Transaction::commit() {
  RESTANTE_CHECKED(database_.run("COMMIT"));
  done_ = true;
  return ok();
}

}  // namespace restante::archive
