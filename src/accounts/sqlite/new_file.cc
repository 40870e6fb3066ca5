#include "accounts/sqlite/new_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace restante::accounts::sqlite {
namespace {

Error errno_error(const std::filesystem::path& path) {
  const bool full = errno == ENOSPC || errno == EDQUOT;
  return Error(full ? Errc::kFull : Errc::kIo,
               path.string() + ": " + std::generic_category().message(errno));
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

/// Root gives its files to whoever owns the folder.
Status give_to_owner(int file, const std::filesystem::path& folder) {
  struct stat found {};
  if (::geteuid() != 0) return ok();
  if (::stat(folder.c_str(), &found) != 0) return errno_error(folder);
  if (::fchown(file, found.st_uid, found.st_gid) != 0) return errno_error(folder);
  return ok();
}

Status sync_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return errno_error(folder);
  Status synced = ::fsync(file) == 0 ? ok() : Status(errno_error(folder));
  ::close(file);
  return synced;
}

}  // namespace

Result<NewFile> NewFile::make(const std::filesystem::path& path) {
  std::string place = path.string() + ".XXXXXX";
  const int file = ::mkostemp(place.data(), O_CLOEXEC);
  if (file < 0) return errno_error(path);
  NewFile made(place, path);
  Status given = give_to_owner(file, folder_of(path));
  ::close(file);
  if (!given) return std::move(given).error();
  return made;
}

NewFile::NewFile(NewFile&& other) noexcept
    : place_(std::exchange(other.place_, {})), name_(std::move(other.name_)) {}

NewFile::~NewFile() {
  if (!place_.empty()) ::unlink(place_.c_str());
}

Result<bool> NewFile::publish() {
  // Not rename(), which would replace what another maker has published meanwhile.
  if (::link(place_.c_str(), name_.c_str()) != 0) {
    if (errno == EEXIST) return false;
    return errno_error(name_);
  }
  RESTANTE_CHECKED(sync_folder(folder_of(name_)));
  return true;
}

}  // namespace restante::accounts::sqlite
