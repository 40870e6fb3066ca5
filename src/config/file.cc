#include "config/file.h"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace restante::config {

Result<std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return Error(Errc::kIo, "is a folder");
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error(Errc::kIo, std::generic_category().message(errno));
  std::string content(kFileBytesMax + 1, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (file.bad()) return Error(Errc::kIo, "read error");
  content.resize(static_cast<std::size_t>(file.gcount()));
  return content;
}

}  // namespace restante::config
