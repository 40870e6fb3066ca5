// Whether another connection has committed to a database since it was last asked: for what is kept
// in memory of it. Asked for each login, so by the cheapest way that can tell.
#pragma once

#include "sql/commit_mark.h"

namespace restante::sql {

/// Used by one thread at a time.
class CommitWatch {
 public:
  static constexpr const char* kQuery = "PRAGMA data_version";

  /// Also yes at the first call. `data_version`: kQuery, prepared on the connection, which is the
  /// same in each call. Errors: as Statement::step(); then the next call asks anew.
  Result<bool> has_changed(Connection& connection, Statement& data_version);
  /// The connection is another one from now on.
  void begin_anew();

 private:
  std::int64_t data_version_ = 0;   ///< SQLite counts from 1.
  std::optional<CommitMark> mark_;  ///< When data_version_ was asked for.
};

}  // namespace restante::sql
