#include "config/file.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace restante::config {
namespace {

constexpr std::size_t kFirstRead = 4096;

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return Error(Errc::kIo, "is a folder");
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error(Errc::kIo, std::generic_category().message(errno));
  std::string content;
  // Nearly all are small, and every start of a program reads one.
  while (file && content.size() <= kFileBytesMax) {
    const std::size_t before = content.size();
    content.resize(std::min(std::max(kFirstRead, 4 * before), kFileBytesMax + 1));
    file.read(content.data() + before, static_cast<std::streamsize>(content.size() - before));
    content.resize(before + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) return Error(Errc::kIo, "read error");
  return content;
}

}  // namespace restante::config
