#include "archive/index/read_only.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>

#include "archive/database/catalog.h"
#include "archive/mailbox/account_lock.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBufferBytes = 1U << 20;

/// Its folder, or the one that would hold it.
Path place_to_write(const Path& archive) {
  std::error_code ignored;
  const Path state = state_folder(archive);
  return fs::is_directory(state, ignored) ? state : archive;
}

/// Goes with all that is in it. SQLite goes on with files that have lost their names.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> make() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "restante-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr) return system_error("mkdtemp", name);
    return TemporaryFolder(name);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    // As soon as the database is open: no file stays behind, however the program ends.
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  [[nodiscard]] const Path& path() const { return path_; }

 private:
  explicit TemporaryFolder(Path path) : path_(std::move(path)) {}
  Path path_;
};

/// Not there: fine.
Status copy_octets(const Path& from, const Path& to) {
  const auto source = open_file(from, O_RDONLY);
  if (!source && source.error().code == Errc::kNotFound) return ok();
  if (!source) return source.error();
  RESTANTE_TRY(const Descriptor target, open_file(to, O_WRONLY | O_CREAT | O_EXCL));
  std::string buffer(kBufferBytes, '\0');
  for (;;) {
    RESTANTE_TRY(const std::string_view octets, read_some(*source, buffer, from));
    if (octets.empty()) return ok();
    RESTANTE_CHECKED(write_all(target, octets, to));
  }
}

Result<Database> open_copy(const Path& archive, Freshness freshness,
                           const IndexProgress& progress) {
  RESTANTE_TRY(const TemporaryFolder folder, TemporaryFolder::make());
  const Path file = Database::file_of(archive);
  const Path own = folder.path() / file.filename();
  RESTANTE_CHECKED(copy_octets(file, own));
  // With its log, or what was committed last would be missing.
  RESTANTE_CHECKED(copy_octets(file.string() + "-wal", own.string() + "-wal"));
  RESTANTE_TRY(Database database, Database::open_file(own, Access::kCreate));
  if (freshness == Freshness::kAsItIs) return database;
  // In the copy alone, so that the list is complete though the archive cannot be written.
  RESTANTE_CHECKED(synchronize_all(database, archive));
  RESTANTE_CHECKED(index_own(database, archive, progress));
  return database;
}

}  // namespace

bool is_on_read_only_medium(const Path& archive) {
  // Read-only as a whole, and not a right that is missing: only then nothing can have changed.
  return ::access(place_to_write(archive).c_str(), W_OK) != 0 && errno == EROFS;
}

bool is_read_only(const Path& archive) {
  std::error_code ignored;
  const Path place = place_to_write(archive);
  if (!fs::is_directory(place, ignored)) return false;
  if (::access(place.c_str(), W_OK) != 0) return errno == EROFS || errno == EACCES;
  // The database alone may belong to another user.
  const Path file = Database::file_of(archive);
  return ::access(file.c_str(), F_OK) == 0 && ::access(file.c_str(), W_OK) != 0;
}

bool is_no_room(const Error& error) {
  return error.code == Errc::kFull || error.code == Errc::kIo || error.code == Errc::kAuth ||
         error.code == Errc::kState;
}

Result<Database> open_as_left(const Path& archive) {
  auto shared = Database::open(archive, Access::kRead);
  // Only a query proves it: a log whose index cannot be shared fails at the first one.
  Status readable = shared ? shared->run("SELECT count(*) FROM meta") : Status(shared.error());
  if (!readable && is_no_room(readable.error())) {
    shared = Database::open_alone(archive);
    readable = shared ? ok() : Status(shared.error());
  }
  if (!readable) return std::move(readable).error();
  // Nor is anything put aside for sorting.
  // Sorting may be larger than memory likes, but the disk may be full.
  RESTANTE_CHECKED(shared->run("PRAGMA temp_store=MEMORY"));
  return shared;
}

Result<Database> open_read_only(const Path& archive, Freshness freshness,
                                const IndexProgress& progress) {
  auto in_place = Database::open(archive, Access::kRead);
  if (in_place) {
    const auto current =
        freshness == Freshness::kAsItIs ? Result<bool>(true) : is_up_to_date(*in_place, archive);
    if (current && *current) return in_place;
  } else if (in_place.error().code == Errc::kAuth || in_place.error().code == Errc::kCorrupt ||
             // Trouble that a copy would have as well.
             (freshness == Freshness::kAsItIs && in_place.error().code == Errc::kNotFound)) {
    return in_place;
  }
  return open_copy(archive, freshness, progress);
}

}  // namespace restante::archive
