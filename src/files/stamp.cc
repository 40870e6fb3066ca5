#include "files/stamp.h"

#include <sys/stat.h>

#include "files/errors.h"

namespace restante::files {
namespace {

std::int64_t to_ns(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Result<Stamp> stamp_of(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return system_error("stat", path);
  Stamp stamp;
  stamp.device = found.st_dev;
  stamp.inode = found.st_ino;
  stamp.bytes = static_cast<std::uint64_t>(found.st_size);
  stamp.modified_ns = to_ns(found.st_mtim);
  stamp.changed_ns = to_ns(found.st_ctim);
  stamp.is_regular = S_ISREG(found.st_mode);
  return stamp;
}

Stamp stamp_if_there(const std::filesystem::path& path) { return stamp_of(path).value_or(Stamp()); }

std::vector<Stamp> stamps_of(const std::vector<std::filesystem::path>& paths) {
  std::vector<Stamp> stamps;
  stamps.reserve(paths.size());
  for (const auto& path : paths) stamps.push_back(stamp_if_there(path));
  return stamps;
}

}  // namespace restante::files
