// The archive's one SQLite file, ARCHIVE/.restante/restante.db: what is known of each message, what
// the search index holds, and what has been fetched. A thin, typed layer: values reach SQL only by
// binding. The tables are in schema.cc. All but the fetch state can be made again from the
// Maildirs.
//
// Durability: WAL with synchronous=FULL: what Transaction::commit() said ok() to is on the disk.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::archive {

class Database;

/// A prepared statement: bind(…), then step() until false, then reset(). Does not outlive its
/// database. Unbound places are NULL.
class Statement {
 public:
  Statement() = default;

  /// `index` is 1..; the text is copied.
  void bind(int index, std::string_view text);
  void bind(int index, std::int64_t number);
  void bind_null(int index);
  /// For a function of ours that knows `type`; the object must live until reset().
  void bind_pointer(int index, void* object, const char* type);
  /// A value of another statement's present row, whatever its type.
  void bind_column(int index, const Statement& other, int column);
  /// True: a row is there; false: done. Errors: kBusy, kExists (a constraint), kFull, kIo,
  /// kCorrupt, kSyntax (an FTS expression), kState (the database is open for reading only).
  Result<bool> step();
  /// step() until done, then reset(): for what gives no rows. Errors: as step().
  Status run();
  /// `column` is 0... Only after step() gave true; a view lasts until the next step() or reset().
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] int columns() const { return sqlite3_column_count(statement_.get()); }
  /// Ends the run, so that no lock stays, and forgets what was bound.
  void reset();

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Resets a statement at the end of a scope, whichever way it is left.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
  ~ResetAtEnd() { statement_.reset(); }
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  Statement& statement_;
};

/// BEGIN IMMEDIATE; rolled back at the end of the scope unless commit() succeeded.
class Transaction {
 public:
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Durable after ok(). Errors: kIo, kFull, kBusy; then nothing has changed.
  Status commit();

 private:
  friend class Database;
  explicit Transaction(Database& database) : database_(database) {}
  Database& database_;
  bool done_ = false;
};

enum class Access : std::uint8_t {
  kCreate,  ///< Made when it is not there.
  kWrite,   ///< Errors: kNotFound.
  kRead,    ///< Errors: kNotFound. Nothing is changed, not even the tables' version.
};

/// One object a thread; several threads and processes may use the same file.
class Database {
 public:
  /// The file below `archive`. Brings older tables up to date. Errors: kNotFound, kBusy, kIo,
  /// kFull, kAuth, kCorrupt (damaged: `restante reindex` makes it anew; or made by a newer
  /// version).
  static Result<Database> open(const std::filesystem::path& archive, Access access);
  /// A file at any place: for a database that is being made beside the one in use.
  static Result<Database> open_file(const std::filesystem::path& file, Access access);
  static std::filesystem::path file_of(const std::filesystem::path& archive);

  /// Runs constant SQL without values.
  Status run(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  /// The same into a member.
  Status prepare(std::string_view sql, Statement& into);
  /// Waits at most some seconds for another process. Errors: kBusy, kIo.
  Result<std::unique_ptr<Transaction>> begin();
  /// What a test watches statements by; null ends it.
  sqlite3* connection() { return connection_.get(); }
  /// Rows changed by the last statement, and the row that the last INSERT made.
  [[nodiscard]] int changes() const { return sqlite3_changes(connection_.get()); }
  [[nodiscard]] std::int64_t last_row() const {
    return sqlite3_last_insert_rowid(connection_.get());
  }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace restante::archive
