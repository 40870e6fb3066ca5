// A prepared statement of SQLite. Values reach SQL only by binding.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace restante::sql {

struct Handle;

/// bind(…), then step() until false, then reset(). Does not outlive its connection. Unbound places
/// are NULL.
class Statement {
 public:
  Statement() = default;

  /// `index` is 1..; the text is copied.
  void bind(int index, std::string_view text);
  void bind(int index, std::int64_t number);
  void bind_null(int index);
  /// For a function of ours that knows `type`; the object must live until reset().
  void bind_pointer(int index, void* object, const char* type);
  /// A value of any type from another statement's present row.
  void bind_column(int index, const Statement& other, int column);
  /// True: a row is there; false: done. Errors: kBusy, kExists (a constraint), kFull, kIo,
  /// kCorrupt, kSyntax (an FTS expression), kState (the database is open for reading only).
  Result<bool> step();
  /// step() until done, then reset(): for statements that give no rows. Errors: as step().
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
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  const Handle* handle_ = nullptr;  // The connection's.
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

}  // namespace restante::sql
