// The accounts' database: src/sql by the names that this folder uses. The tables are in schema.cc.
#pragma once

#include "sql/connection.h"

namespace restante::accounts::sqlite {

using Database = sql::Connection;
using sql::ResetAtEnd;
using sql::Statement;
using sql::Transaction;

}  // namespace restante::accounts::sqlite
