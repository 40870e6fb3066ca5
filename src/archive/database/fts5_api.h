// How SQLite hands out the interface of its full-text search (FTS5).
#pragma once

#include <sqlite3.h>

namespace restante::archive {

/// Null: this SQLite has none.
inline fts5_api* fts5_api_of(sqlite3* connection) {
  sqlite3_stmt* query = nullptr;
  fts5_api* api = nullptr;
  const int code = sqlite3_prepare_v2(connection, "SELECT fts5(?1)", -1, &query, nullptr);
  if (code == SQLITE_OK && sqlite3_bind_pointer(query, 1, static_cast<void*>(&api), "fts5_api_ptr",
                                                nullptr) == SQLITE_OK)
    sqlite3_step(query);
  sqlite3_finalize(query);
  return api;
}

}  // namespace restante::archive
