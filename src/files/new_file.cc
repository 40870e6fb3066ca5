#include "files/new_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/file.h"

namespace restante::files {
namespace {

/// Root gives its files to the owner of the folder.
Status give_to_owner(const Descriptor& file, const Path& folder) {
  struct stat found {};
  if (::geteuid() != 0) return ok();
  if (::stat(folder.c_str(), &found) != 0) return system_error("stat", folder);
  if (::fchown(file.number(), found.st_uid, found.st_gid) != 0)
    return system_error("fchown", folder);
  return ok();
}

}  // namespace

Result<NewFile> NewFile::make(const std::filesystem::path& path) {
  std::string place = path.string() + ".XXXXXX";
  const Descriptor file(::mkostemp(place.data(), O_CLOEXEC));
  if (!file.is_open()) return system_error("mkostemp", path);
  NewFile made(place, path);
  RESTANTE_CHECKED(give_to_owner(file, folder_of(path)));
  return made;
}

NewFile::NewFile(NewFile&& other) noexcept
    : place_(std::exchange(other.place_, {})), name_(std::move(other.name_)) {}

NewFile::~NewFile() {
  if (!place_.empty()) ::unlink(place_.c_str());
}

Status NewFile::fill(std::string_view octets) {
  RESTANTE_TRY(const Descriptor file, open_file(place_, O_WRONLY | O_TRUNC));
  RESTANTE_CHECKED(write_all(file, octets, place_));
  return sync_data(file, place_);
}

Result<bool> NewFile::publish() {
  // Not rename(), which would replace what another maker has published meanwhile.
  if (::link(place_.c_str(), name_.c_str()) != 0) {
    if (errno == EEXIST) return false;
    const bool has_no_links = errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS;
    if (!has_no_links) return system_error("link", name_);
    RESTANTE_CHECKED(rename_file(place_, name_));
  }
  RESTANTE_CHECKED(sync_folder(folder_of(name_)));
  return true;
}

}  // namespace restante::files
