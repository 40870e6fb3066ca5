#include "archive/exchange/import/source_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "archive/mailbox/mail_look.h"

namespace restante::archive {
namespace {

Error no_regular_file() { return Error(Errc::kSyntax, "no regular file"); }

}  // namespace

Result<SourceFile> look_at(const Path& path) {
  struct stat status {};
  struct stat link {};
  // Some devices do something when they are opened.
  if (::stat(path.c_str(), &status) != 0) return system_error("stat", path);
  if (!S_ISREG(status.st_mode)) return no_regular_file();
  // Looked at again after the opening: another file may have taken its place.
  RESTANTE_TRY(const Descriptor opened, open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  if (::fstat(opened.number(), &status) != 0) return system_error("fstat", path);
  if (!S_ISREG(status.st_mode)) return no_regular_file();
  SourceFile file;
  file.path = path;
  file.label = path.string();
  file.name = path.filename().string();
  file.bytes = static_cast<std::uint64_t>(status.st_size);
  file.changed = status.st_mtim.tv_sec;
  file.identity = {status.st_dev, status.st_ino};
  const bool is_link = ::lstat(path.c_str(), &link) == 0 && S_ISLNK(link.st_mode);
  // A file of one name is met once; only others have to be remembered.
  file.many_names = is_link || status.st_nlink > 1;
  std::string buffer(kLookBytes, '\0');
  while (file.beginning.size() < kLookBytes) {
    RESTANTE_TRY(const std::string_view piece, read_some(opened, buffer, path));
    if (piece.empty()) break;
    file.beginning.append(piece.substr(0, kLookBytes - file.beginning.size()));
  }
  return file;
}

Result<FileIdentity> identity_of(const Path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return system_error("stat", path);
  return FileIdentity(status.st_dev, status.st_ino);
}

}  // namespace restante::archive
