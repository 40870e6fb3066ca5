#include "sql/commit_mark.h"

#include <sqlite3.h>

namespace restante::sql {
namespace {

constexpr int kRegionBytes = 32768;  // In which SQLite maps a WAL-index.
constexpr std::uint32_t kVersion = 3007000;
constexpr std::size_t kInitialized = 3;  // The word that is zero before the first use.

/// SQLite's own mapping; null when there is none.
const std::uint32_t* wal_index(sqlite3* connection) {
  sqlite3_file* file = nullptr;
  const int asked = sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (asked != SQLITE_OK || file == nullptr || file->pMethods == nullptr) return nullptr;
  if (file->pMethods->iVersion < 2 || file->pMethods->xShmMap == nullptr) return nullptr;
  void volatile* region = nullptr;
  if (file->pMethods->xShmMap(file, 0, kRegionBytes, 0, &region) != SQLITE_OK) return nullptr;
  return static_cast<const std::uint32_t*>(const_cast<void*>(region));
}

/// Others write while we read.
CommitMark load(const std::uint32_t* words) {
  CommitMark out;
  for (std::uint32_t& word : out) word = __atomic_load_n(words++, __ATOMIC_ACQUIRE);
  return out;
}

}  // namespace

std::optional<CommitMark> commit_mark(Connection& connection) {
  const std::uint32_t* const header = wal_index(connection.connection());
  if (header == nullptr) return std::nullopt;
  // It is there twice, so that readers notice a writer between the two, or one that died there.
  const CommitMark mark = load(header);
  const CommitMark second = load(header + mark.size());
  if (mark != second || mark[0] != kVersion || mark[kInitialized] == 0) return std::nullopt;
  return mark;
}

}  // namespace restante::sql
