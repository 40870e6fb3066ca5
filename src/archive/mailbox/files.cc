#include "archive/mailbox/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace restante::archive {
namespace {

Errc to_errc(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR: return Errc::kNotFound;
    case EEXIST: return Errc::kExists;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return Errc::kFull;
    case EAGAIN:
    case EBUSY:
    case ETXTBSY: return Errc::kBusy;
    case EACCES:
    case EPERM:
    case EROFS: return Errc::kAuth;
    default: return Errc::kIo;
  }
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Error system_error(std::string_view call, const Path& path) {
  const int number = errno;
  return Error(to_errc(number), path.string() + ": " + std::string(call) + ": " +
                                    std::generic_category().message(number));
}

Result<Descriptor> open_file(const Path& path, int flags) {
  const int number = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (number < 0) return system_error("open", path);
  return Descriptor(number);
}

Status write_all(const Descriptor& file, std::string_view octets, const Path& path) {
  while (!octets.empty()) {
    const ssize_t written = ::write(file.number(), octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error("write", path);
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
  return ok();
}

Result<std::string_view> read_some(const Descriptor& file, std::string& buffer, const Path& path) {
  for (;;) {
    const ssize_t count = ::read(file.number(), buffer.data(), buffer.size());
    if (count >= 0) return std::string_view(buffer).substr(0, static_cast<std::size_t>(count));
    if (errno != EINTR) return system_error("read", path);
  }
}

Status sync_data(const Descriptor& file, const Path& path) {
  if (::fdatasync(file.number()) != 0) return system_error("fdatasync", path);
  return ok();
}

Status sync_folder(const Path& folder) {
  RESTANTE_TRY(const Descriptor opened, open_file(folder, O_RDONLY | O_DIRECTORY));
  if (::fsync(opened.number()) != 0) return system_error("fsync", folder);
  return ok();
}

Status rename_file(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return system_error("rename", from);
  return ok();
}

Status remove_file(const Path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error("unlink", path);
  return ok();
}

Status make_folders(const Path& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return ok();
    errno = ENOTDIR;
    return system_error("mkdir", folder);
  }
  const Path above = folder.parent_path();
  if (!above.empty() && above != folder) RESTANTE_CHECKED(make_folders(above));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return system_error("mkdir", folder);
  return above.empty() ? ok() : sync_folder(above);
}

Result<std::vector<std::string>> names_in(const Path& folder) {
  std::vector<std::string> names;
  RESTANTE_CHECKED(visit_names(folder, [&](std::string_view name) {
    names.emplace_back(name);
    return true;
  }));
  return names;
}

Status visit_names(const Path& folder, const std::function<bool(std::string_view)>& visit) {
  const std::unique_ptr<DIR, CloseFolder> opened(::opendir(folder.c_str()));
  if (!opened) return system_error("opendir", folder);
  errno = 0;
  while (const dirent* const entry = ::readdir(opened.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && !visit(name)) return ok();
    errno = 0;
  }
  return errno == 0 ? ok() : Status(system_error("readdir", folder));
}

Result<FileStamp> stamp_of(const Path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return system_error("stat", path);
  FileStamp stamp;
  stamp.bytes = static_cast<std::uint64_t>(status.st_size);
  stamp.changed_ns =
      std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + std::int64_t{status.st_mtim.tv_nsec};
  stamp.is_regular = S_ISREG(status.st_mode);
  return stamp;
}

}  // namespace restante::archive
