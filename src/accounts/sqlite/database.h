// A thin, typed SQLite: one connection, prepared statements, results as Status. Values reach SQL
// only by binding. It must not know of accounts.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::accounts::sqlite {

class Database;

/// A prepared statement; use it as bind(…) then step() until false, then reset(). Does not outlive
/// its database.
class Statement {
 public:
  Statement() = default;

  /// `index` is 1..; the text is copied.
  void bind(int index, std::string_view text);
  void bind(int index, std::int64_t number);
  void bind_null(int index);
  /// True: a row is there; false: done. Errors: kBusy, kExists (a constraint), kFull, kIo,
  /// kCorrupt.
  Result<bool> step();
  /// `column` is 0... Only after step() gave true; a view lasts until the next step() or reset().
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] bool is_null(int column) const;
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

/// Used by one thread at a time.
class Database {
 public:
  Database() = default;

  /// Opens a file that is there (an empty one is an empty database), in WAL mode with
  /// synchronous=FULL: a commit is durable. Waits at most `patience` for another process's lock.
  /// Errors: kIo, kBusy, kCorrupt.
  static Result<Database> open(const std::filesystem::path& path,
                               std::chrono::milliseconds patience);

  /// Runs constant SQL without values.
  Status run(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  /// Rows changed by the last statement.
  [[nodiscard]] int changes() const { return sqlite3_changes(connection_.get()); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  std::unique_ptr<sqlite3, Close> connection_;
};

/// BEGIN IMMEDIATE; rolled back at the end of the scope unless commit() succeeded.
class Transaction {
 public:
  static Result<std::unique_ptr<Transaction>> begin(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Durable after ok(). Errors: kIo, kFull, kBusy; then nothing has changed.
  Status commit();

 private:
  explicit Transaction(Database& database) : database_(database) {}
  Database& database_;
  bool done_ = false;
};

}  // namespace restante::accounts::sqlite
