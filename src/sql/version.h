// The version of a database's tables, which the file itself keeps (PRAGMA user_version), and their
// making. What the tables are is its owner's.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "sql/connection.h"

namespace restante::sql {

/// 0: it has no tables yet. Errors: as Statement::step().
Result<std::int64_t> version_of(Connection& connection);

/// Runs `schema`, which sets the version, in one transaction, unless another program was faster.
/// Errors: as Connection::begin() and Statement::step().
Status make_tables(Connection& connection, const char* schema);

}  // namespace restante::sql
