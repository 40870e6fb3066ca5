#include "accounts/sqlite/new_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "files/file.h"

namespace restante::accounts::sqlite {
namespace {

/// Root gives its files to whoever owns the folder.
Status give_to_owner(const files::Descriptor& file, const std::filesystem::path& folder) {
  struct stat found {};
  if (::geteuid() != 0) return ok();
  if (::stat(folder.c_str(), &found) != 0) return files::io_error(folder);
  if (::fchown(file.number(), found.st_uid, found.st_gid) != 0) return files::io_error(folder);
  return ok();
}

}  // namespace

Result<NewFile> NewFile::make(const std::filesystem::path& path) {
  std::string place = path.string() + ".XXXXXX";
  const files::Descriptor file(::mkostemp(place.data(), O_CLOEXEC));
  if (!file.is_open()) return files::io_error(path);
  NewFile made(place, path);
  RESTANTE_CHECKED(give_to_owner(file, files::folder_of(path)));
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
    return files::io_error(name_);
  }
  RESTANTE_CHECKED(files::as_io(files::sync_folder(files::folder_of(name_))));
  return true;
}

}  // namespace restante::accounts::sqlite
