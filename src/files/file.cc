#include "files/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace restante::files {
namespace {

constexpr std::size_t kFirstRead = 4096;  // Most files that are read whole are small.

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

Error named_error(const std::string& name) {
  const int number = errno;
  return Error(code_of(number), name + ": " + reason_of(number));
}

Status write_new(const Path& path, std::string_view octets, mode_t mode) {
  // A file that a killed run has left may have other rights, or a second name.
  RESTANTE_CHECKED(remove_file(path));
  RESTANTE_TRY(const Descriptor file, open_file(path, O_WRONLY | O_CREAT | O_EXCL));
  // open() has the umask's say in the mode; this has not.
  if (::fchmod(file.number(), mode & 07777U) != 0) return system_error("fchmod", path);
  RESTANTE_CHECKED(write_all(file, octets, path));
  if (::fsync(file.number()) != 0) return system_error("fsync", path);
  return ok();
}

}  // namespace

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

Result<std::string> read_all(const Descriptor& file, std::size_t bytes_max,
                             const std::string& name) {
  std::string text;
  for (std::size_t done = 0;;) {
    // Not by the file's size: those of /proc say 0, and others grow meanwhile.
    text.resize(std::min(std::max(kFirstRead, 2 * done), bytes_max));
    const ssize_t count = ::read(file.number(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return named_error(name);
    done += static_cast<std::size_t>(count);
    if (count > 0 && done < bytes_max) continue;
    text.resize(done);
    return text;
  }
}

Result<std::string> read_file(const Path& path, std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) return named_error(path);
  return read_all(file, bytes_max, path);
}

Result<SecretString> read_private(const Descriptor& file, std::size_t bytes_max,
                                  const std::string& name) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return io_error(name);
  // A pipe or a device in its place could keep us waiting, or give out a stranger's words.
  if (!S_ISREG(status.st_mode)) return io_error(name, EINVAL);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return Error(Errc::kAuth, name + ": others may use it; chmod 600 it");
  // Room for all of it from the start: a string that grows leaves copies behind.
  std::string text(bytes_max, '\0');
  const ssize_t count = ::read(file.number(), text.data(), text.size());
  if (count < 0) return io_error(name);
  SecretString secret(std::string_view(text).substr(0, static_cast<std::size_t>(count)));
  wipe(text);
  return secret;
}

Status lock_whole(const Descriptor& file, WhenLocked when, const Path& path) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  const int command = when == WhenLocked::kWait ? F_OFD_SETLKW : F_OFD_SETLK;
  while (::fcntl(file.number(), command, &whole) != 0) {
    if (errno == EINTR) continue;
    Error error = system_error("lock", path);
    // EACCES is another word for "another one has it".
    if (error.code == Errc::kAuth) error.code = Errc::kBusy;
    return error;
  }
  return ok();
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

Path folder_of(const Path& path) { return path.has_parent_path() ? path.parent_path() : Path("."); }

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
  // A folder whose name is lost takes all files in it along.
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

Status replace_durably(const Path& path, std::string_view octets, const Replacement& how) {
  const Path fresh = path.string() + how.ending;
  Status done = write_new(fresh, octets, how.mode);
  if (done) done = rename_file(fresh, path);
  if (done) return sync_folder(folder_of(path));
  static_cast<void>(remove_file(fresh));
  return done;
}

}  // namespace restante::files
