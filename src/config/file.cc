#include "config/file.h"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

#include "files/file.h"

namespace restante::config {

Result<std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return Error(Errc::kIo, "is a folder");
  const files::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) return Error(Errc::kIo, files::reason_of(errno));
  auto content = files::read_all(file, kFileBytesMax + 1, path);
  if (!content) return Error(Errc::kIo, "read error");
  return content;
}

}  // namespace restante::config
