#include "sql/connection.h"

#include "files/errors.h"
#include "sql/handle.h"

namespace restante::sql {
namespace {

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
    default: return Errc::kIo;
  }
}

int flags_of(Mode mode) {
  constexpr int kAlways = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case Mode::kCreate: return kAlways | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Mode::kWrite:
    case Mode::kAsItIs: return kAlways | SQLITE_OPEN_READWRITE;
    case Mode::kRead: return kAlways | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  }
  return kAlways;
}

/// SQLite's statement journal undoes a statement that fails halfway. Once it is longer than this
/// SQLite writes it to a file, and that of each statement after it until the commit: 13 times the
/// mail of an import. SQLite writes it at once, and no more than this at once: with more it calls
/// the disk full.
void keep_statement_journals_in_memory() {
  constexpr int kBytes = (1 << 17) - 1;
  // Before the first connection, or not at all: then another user of the library was first.
  static const int configured = sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, kBytes);
  static_cast<void>(configured);
}

/// SQLite says "disk I/O error" and "unable to open" for all that the system refuses: with its
/// reason, which tells a full disk from a broken one.
Errc explain(sqlite3* connection, int code, std::string& detail) {
  // The memory that its users share could not be made longer; SQLite does not keep the reason.
  if (code == SQLITE_IOERR_SHMSIZE) {
    detail += " (no room for the index of its log)";
    return Errc::kFull;
  }
  const int kind = code & 0xFF;
  const bool is_system = kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN;
  const int number = is_system && connection != nullptr ? sqlite3_system_errno(connection) : 0;
  if (number == 0) return to_errc(code);
  detail += " (" + files::reason_of(number) + ")";
  return files::code_of(number) == Errc::kFull ? Errc::kFull : to_errc(code);
}

}  // namespace

Error to_error(const Handle& handle, int code) {
  std::string detail = handle.name + ": ";
  sqlite3* const connection = handle.connection.get();
  detail += connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  const Errc errc = explain(connection, code, detail);
  if (errc == Errc::kCorrupt) detail += handle.when_corrupt;
  return Error(errc, std::move(detail));
}

Transaction::~Transaction() {
  // After a failed commit SQLite may have rolled back by itself; the second one is harmless.
  if (!done_) static_cast<void>(connection_.run("ROLLBACK"));
}

Status Transaction::commit() {
  RESTANTE_CHECKED(connection_.run("COMMIT"));
  done_ = true;
  return ok();
}

Connection::Connection() = default;
Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

Result<Connection> Connection::open(const std::filesystem::path& file, Opening opening) {
  keep_statement_journals_in_memory();
  Connection out;
  out.handle_ = std::make_unique<Handle>();
  out.handle_->name = file.string();
  out.handle_->when_corrupt = std::move(opening.when_corrupt);
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw, flags_of(opening.mode), nullptr);
  out.handle_->connection.reset(raw);
  if (code != SQLITE_OK) return to_error(*out.handle_, code);
  sqlite3_busy_timeout(raw, static_cast<int>(opening.patience.count()));
  if (opening.mode == Mode::kCreate || opening.mode == Mode::kWrite) {
    RESTANTE_CHECKED(out.run("PRAGMA journal_mode=WAL"));
    RESTANTE_CHECKED(out.run("PRAGMA synchronous=FULL"));
  }
  RESTANTE_CHECKED(out.run("PRAGMA foreign_keys=ON"));
  RESTANTE_CHECKED(out.run("PRAGMA trusted_schema=OFF"));
  return out;
}

Status Connection::run(const char* sql) {
  const int code = sqlite3_exec(handle_->connection.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return to_error(*handle_, code);
  return ok();
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_->connection.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return to_error(*handle_, code);
  Statement statement;
  statement.handle_ = handle_.get();
  statement.statement_.reset(raw);
  return statement;
}

Status Connection::prepare(std::string_view sql, Statement& into) {
  RESTANTE_TRY(Statement statement, prepare(sql));
  into = std::move(statement);
  return ok();
}

Result<std::unique_ptr<Transaction>> Connection::begin() {
  RESTANTE_CHECKED(run("BEGIN IMMEDIATE"));
  return std::unique_ptr<Transaction>(new Transaction(*this));
}

int Connection::changes() const { return sqlite3_changes(handle_->connection.get()); }

std::int64_t Connection::last_row() const {
  return sqlite3_last_insert_rowid(handle_->connection.get());
}

sqlite3* Connection::connection() { return handle_->connection.get(); }

}  // namespace restante::sql
