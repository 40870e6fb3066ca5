#include "accounts/sqlite/database.h"

#include "base/check.h"

namespace restante::accounts::sqlite {
namespace {

Errc to_errc(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Errc::kBusy;
    case SQLITE_CONSTRAINT: return Errc::kExists;
    case SQLITE_FULL: return Errc::kFull;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Errc::kCorrupt;
    default: return Errc::kIo;
  }
}

Error to_error(sqlite3* connection, int code) {
  const char* const path =
      connection != nullptr ? sqlite3_db_filename(connection, "main") : nullptr;
  std::string detail = path != nullptr && *path != '\0' ? path : "accounts database";
  detail += ": ";
  detail += connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  return Error(to_errc(code), std::move(detail));
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

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return to_error(sqlite3_db_handle(statement_.get()), code);
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

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

Result<Database> Database::open(const std::filesystem::path& path,
                                std::chrono::milliseconds patience) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Database database;
  database.connection_.reset(raw);
  if (code != SQLITE_OK) return Error(to_errc(code), path.string() + ": " + sqlite3_errmsg(raw));
  sqlite3_busy_timeout(raw, static_cast<int>(patience.count()));
  RESTANTE_CHECKED(database.run("PRAGMA journal_mode=WAL"));
  RESTANTE_CHECKED(database.run("PRAGMA synchronous=FULL"));
  RESTANTE_CHECKED(database.run("PRAGMA foreign_keys=ON"));
  RESTANTE_CHECKED(database.run("PRAGMA trusted_schema=OFF"));
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

Result<std::unique_ptr<Transaction>> Transaction::begin(Database& database) {
  RESTANTE_CHECKED(database.run("BEGIN IMMEDIATE"));
  return std::unique_ptr<Transaction>(new Transaction(database));
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

}  // namespace restante::accounts::sqlite
