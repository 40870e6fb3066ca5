#include "server/common/file_stamps.h"

#include <sys/stat.h>

namespace restante::server {
namespace {

std::int64_t to_ns(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

FileStamp stamp_of(const std::filesystem::path& path) {
  struct stat found {};
  FileStamp stamp;
  if (::stat(path.c_str(), &found) != 0) return stamp;
  stamp.device = found.st_dev;
  stamp.inode = found.st_ino;
  stamp.size = found.st_size;
  stamp.modified_ns = to_ns(found.st_mtim);
  stamp.changed_ns = to_ns(found.st_ctim);
  return stamp;
}

}  // namespace

std::vector<FileStamp> stamps_of(const std::vector<std::filesystem::path>& paths) {
  std::vector<FileStamp> stamps;
  stamps.reserve(paths.size());
  for (const auto& path : paths) stamps.push_back(stamp_of(path));
  return stamps;
}

}  // namespace restante::server
