#include "sql/statement.h"

#include "base/check.h"
#include "sql/handle.h"

namespace restante::sql {

void Statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL, not the empty text.
  const char* const data = text.data() != nullptr ? text.data() : "";
  const int code = sqlite3_bind_text64(statement_.get(), index, data, text.size(), SQLITE_TRANSIENT,
                                       SQLITE_UTF8);
  RESTANTE_CHECK(code == SQLITE_OK);
}

void Statement::bind(int index, std::int64_t number) {
  RESTANTE_CHECK(sqlite3_bind_int64(statement_.get(), index, number) == SQLITE_OK);
}

void Statement::bind_null(int index) {
  RESTANTE_CHECK(sqlite3_bind_null(statement_.get(), index) == SQLITE_OK);
}

void Statement::bind_pointer(int index, void* object, const char* type) {
  RESTANTE_CHECK(sqlite3_bind_pointer(statement_.get(), index, object, type, nullptr) == SQLITE_OK);
}

void Statement::bind_column(int index, const Statement& other, int column) {
  sqlite3_value* const value = sqlite3_column_value(other.statement_.get(), column);
  RESTANTE_CHECK(sqlite3_bind_value(statement_.get(), index, value) == SQLITE_OK);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return to_error(*handle_, code);
}

Status Statement::run() {
  const ResetAtEnd reset(*this);
  for (;;) {
    RESTANTE_TRY(const bool more, step());
    if (!more) return ok();
  }
}

std::string_view Statement::text(int column) const {
  const unsigned char* const data = sqlite3_column_text(statement_.get(), column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

}  // namespace restante::sql
