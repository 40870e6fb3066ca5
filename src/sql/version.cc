#include "sql/version.h"

namespace restante::sql {

Result<std::int64_t> version_of(Connection& connection) {
  RESTANTE_TRY(auto statement, connection.prepare("PRAGMA user_version"));
  RESTANTE_CHECKED(statement.step());
  return statement.number(0);
}

Status make_tables(Connection& connection, const char* schema) {
  RESTANTE_TRY(auto transaction, connection.begin());
  // Asked again under the lock: a schema that runs twice fails.
  RESTANTE_TRY(const std::int64_t version, version_of(connection));
  if (version == 0) RESTANTE_CHECKED(connection.run(schema));
  return transaction->commit();
}

}  // namespace restante::sql
