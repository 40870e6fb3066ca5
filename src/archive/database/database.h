// The archive's one SQLite file, ARCHIVE/.restante/restante.db: what is known of each message, what
// the search index holds, and what has been fetched. The tables are in schema.cc. All but the
// fetch state can be made again from the Maildirs.
//
// Durability: WAL with synchronous=FULL: what Transaction::commit() said ok() to is on the disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sql/connection.h"

namespace restante::archive {

using sql::ResetAtEnd;
using sql::Statement;
using sql::Transaction;

enum class Access : std::uint8_t {
  kCreate,  ///< Made when it is not there.
  kWrite,   ///< Errors: kNotFound.
  kRead,    ///< Errors: kNotFound. Nothing is changed, not even the tables' version.
};

/// How long another process is waited for.
inline constexpr std::chrono::seconds kDatabasePatience{20};

// KiB of the file in memory, and pages of the log that are written into the file at once, so that a
// page that changes again and again is written there once. The usual is enough for what is read;
// rows of many messages in one transaction lie all over the indexes: up to 256 MiB of them, and of
// large pieces of the search index, go through the log alone, and into the file once.
inline constexpr const char* kUsualCache =
    "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096";
inline constexpr const char* kLargeCache =
    "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 65536";

/// One object a thread; several threads and processes may use the same file.
class Database : public sql::Connection {
 public:
  /// The file below `archive`. Brings older tables up to date; unless it is only for reading, it
  /// takes over what a database that was put aside (put_aside.h) still knows alone. Errors:
  /// kNotFound, kBusy, kIo, kFull, kAuth, kCorrupt (damaged, or lost beside its mail: `restante
  /// reindex` makes it anew; or made by a newer version).
  static Result<Database> open(const std::filesystem::path& archive, Access access,
                               std::chrono::milliseconds patience = kDatabasePatience);
  /// A file at any place: for a database that is being made beside the one in use.
  static Result<Database> open_file(const std::filesystem::path& file, Access access,
                                    std::chrono::milliseconds patience = kDatabasePatience);
  /// Where SQLite cannot share the file, because nothing more can be written beside it: as it is,
  /// for reading, with what its log holds. Errors: as open().
  static Result<Database> open_alone(const std::filesystem::path& archive);
  static std::filesystem::path file_of(const std::filesystem::path& archive);

  /// What its owner should hear of the opening.
  [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }

 private:
  explicit Database(sql::Connection connection) : Connection(std::move(connection)) {}
  std::vector<std::string> remarks_;
};

/// Whether the archive has mail and had a database, and has it no more: a new one, in which all
/// that was fetched would be unknown, must not begin without a word. Errors: kCorrupt (so it is;
/// the detail says what to do), kIo, kAuth.
Status check_database(const std::filesystem::path& archive);

}  // namespace restante::archive
