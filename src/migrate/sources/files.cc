#include "migrate/sources/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "files/errors.h"

namespace restante::migrate {
namespace {

Error failed(const std::string& name, const char* call) {
  const bool absent = errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
  return Error(absent ? Errc::kNotFound : Errc::kIo,
               name + ": " + call + ": " + files::reason_of(errno));
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

WallTime to_time(const timespec& time) {
  return WallTime(std::chrono::seconds(time.tv_sec) +
                  std::chrono::milliseconds(time.tv_nsec / 1'000'000));
}

/// The size is only that of a regular file.
Result<FileFacts> facts_of(const struct stat& found, const std::string& name) {
  if (!S_ISREG(found.st_mode)) return Error(Errc::kSyntax, name + ": no regular file");
  return FileFacts{static_cast<std::uint64_t>(found.st_size), to_time(found.st_mtim)};
}

/// The trusted part ends with a "/"; behind it no link is followed, since the mailbox's owner may
/// have made it.
Result<files::Descriptor> open_guarded(const GuardedPath& path, int flags) {
  const std::string_view text = path.text;
  const std::size_t slash = text.substr(0, path.trusted).rfind('/');
  const std::string front(text.substr(0, slash == std::string_view::npos ? 0 : slash + 1));
  const std::string rest(text.substr(front.size()));
  const files::Descriptor base(
      ::open(front.empty() ? "." : front.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!base.is_open()) return failed(path.text, "open");
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC;
  // O_NOFOLLOW would guard the last name alone, and an owner can make a link of any folder before
  // it.
  how.resolve = RESOLVE_NO_SYMLINKS;
  const char* const name = rest.empty() ? "." : rest.c_str();
  files::Descriptor file(
      static_cast<int>(::syscall(SYS_openat2, base.number(), name, &how, sizeof(how))));
  if (!file.is_open() && errno == ELOOP)
    return Error(Errc::kSyntax, path.text + ": a link is in it, which its owner may have made");
  if (!file.is_open()) return failed(path.text, "open");
  return file;
}

}  // namespace

Result<files::Descriptor> open_file(const GuardedPath& path) {
  // O_NONBLOCK: to open a FIFO would wait for its writer, and an owner can put one there.
  RESTANTE_TRY(files::Descriptor file, open_guarded(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  RESTANTE_CHECKED(look_at(file.number()));
  return file;
}

Result<FileFacts> look_at(int file) {
  struct stat found {};
  if (::fstat(file, &found) != 0) return failed("a file", "stat");
  return facts_of(found, "a file");
}

Result<std::size_t> read_at(int file, std::uint64_t offset, std::span<char> target) {
  std::size_t done = 0;
  while (done < target.size()) {
    const ssize_t count = ::pread(file, target.data() + done, target.size() - done,
                                  static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("a file", "read");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Result<files::Descriptor> open_folder(const GuardedPath& path) {
  return open_guarded(path, O_RDONLY | O_DIRECTORY);
}

Result<files::Descriptor> open_folder_in(int folder, const std::string& name) {
  files::Descriptor opened(
      ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!opened.is_open()) return failed(name, "open");
  return opened;
}

Status each_name(int folder, bool dotted, const std::function<void(std::string_view)>& take) {
  // Another descriptor: closedir() closes the one it was given, and its place in the folder is its
  // own.
  const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return failed("a folder", "open");
  const std::unique_ptr<DIR, CloseFolder> opened(::fdopendir(again));
  if (!opened) {
    ::close(again);
    return failed("a folder", "fdopendir");
  }
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(opened.get());
    if (entry == nullptr) break;
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != ".." && name.starts_with('.') == dotted) take(name);
  }
  if (errno != 0) return Error(Errc::kIo, "readdir: " + files::reason_of(errno));
  return ok();
}

Result<FileFacts> look_at(int folder, const std::string& name) {
  struct stat found {};
  // No link: its owner could let root read a file of another user.
  if (::fstatat(folder, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    return failed(name, "stat");
  return facts_of(found, name);
}

Result<std::string> read_file(int folder, const std::string& name, std::uint64_t bytes_max) {
  const files::Descriptor file(
      ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.is_open()) return failed(name, "open");
  struct stat found {};
  if (::fstat(file.number(), &found) != 0) return failed(name, "stat");
  RESTANTE_TRY(const FileFacts facts, facts_of(found, name));
  if (facts.bytes > bytes_max)
    return Error(Errc::kLimit, name + ": " + std::to_string(facts.bytes) + " octets");
  std::string text(facts.bytes, '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::read(file.number(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(name, "read");
    if (count == 0) break;  // The file was cut meanwhile.
    done += static_cast<std::size_t>(count);
  }
  text.resize(done);
  return text;
}

}  // namespace restante::migrate
