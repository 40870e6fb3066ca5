// The accounts' database: src/sql by the names that this folder uses. The tables are in schema.cc.
#pragma once

#include "base/clock.h"
#include "sql/connection.h"

namespace restante::accounts::sqlite {

using Database = sql::Connection;
using sql::ResetAtEnd;
using sql::Statement;
using sql::Transaction;

/// Times are milliseconds there.
inline std::int64_t to_stored(WallTime time) { return time.time_since_epoch().count(); }
inline WallTime from_stored(std::int64_t stored) {
  return WallTime(std::chrono::milliseconds(stored));
}

}  // namespace restante::accounts::sqlite
