// SQLite, thin and typed: one connection, prepared statements, transactions, results as Status. It
// must not know what the tables hold.
//
// Durability: WAL with synchronous=FULL: what Transaction::commit() said ok() to is on the disk.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "sql/statement.h"

namespace restante::sql {

class Connection;

/// BEGIN IMMEDIATE; rolled back at the end of the scope unless commit() succeeded.
class Transaction {
 public:
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Durable after ok(). Errors: kIo, kFull, kBusy; then nothing has changed.
  Status commit();

 private:
  friend class Connection;
  explicit Transaction(Connection& connection) : connection_(connection) {}
  Connection& connection_;
  bool done_ = false;
};

enum class Mode : std::uint8_t {
  kCreate,  ///< Made when it is not there.
  kWrite,   ///< It is there; an empty file is an empty database.
  kRead,    ///< The same, and nothing is changed.
  kAsItIs,  ///< As kWrite, but how it keeps its journal is left as it is.
};

struct Opening {
  Mode mode = Mode::kWrite;
  std::chrono::milliseconds patience{0};  ///< How long to wait for another process's lock.
  std::string when_corrupt;               ///< Said with kCorrupt: what to do.
};

/// Used by one thread at a time; several connections and processes may use the same file.
class Connection {
 public:
  Connection();
  ~Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;

  /// Errors: kIo, kBusy, kFull (also where SQLite only says that writing failed), kCorrupt.
  static Result<Connection> open(const std::filesystem::path& file, Opening opening);

  /// Runs constant SQL without values. Errors: as Statement::step().
  Status run(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  /// The same into a member.
  Status prepare(std::string_view sql, Statement& into);
  /// Errors: kBusy (patience is over), kIo.
  Result<std::unique_ptr<Transaction>> begin();
  /// Rows changed by the last statement, and the row that the last INSERT made.
  [[nodiscard]] int changes() const;
  [[nodiscard]] std::int64_t last_row() const;
  /// For calls that have no place here: SQL functions of ours, and a test that watches statements.
  sqlite3* connection();

 private:
  std::unique_ptr<Handle> handle_;  // Statements point to it.
};

}  // namespace restante::sql
