#include "accounts/file_stamp.h"

#include <sys/stat.h>

#include <system_error>

namespace restante::accounts {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Stamp stamp_of(const std::filesystem::path& path) {
  struct stat found {};
  if (path.empty() || ::stat(path.c_str(), &found) != 0) return {};
  Stamp stamp;
  stamp.device = found.st_dev;
  stamp.inode = found.st_ino;
  stamp.size = found.st_size;
  stamp.modified_ns = nanoseconds(found.st_mtim);
  stamp.changed_ns = nanoseconds(found.st_ctim);
  return stamp;
}

bool was_written_in_place(const std::filesystem::path& path, const Stamp& stamp) {
  // rename() changes the inode after the last write, and the folder not before it. Both may fall
  // into one tick of the clock, so either sign is enough.
  if (stamp.changed_ns > stamp.modified_ns) return false;
  std::error_code failed;
  const std::filesystem::path whole = std::filesystem::canonical(path, failed);
  if (failed) return true;
  return stamp_of(whole.parent_path()).modified_ns < stamp.modified_ns;
}

bool Quiet::is_over(WallTime now, Steady steady_now) const {
  if (steady_now - since >= kQuiet) return true;
  using std::chrono::nanoseconds;
  const auto age = nanoseconds(now.time_since_epoch()) - nanoseconds(stamp.modified_ns);
  return age >= kQuiet;
}

}  // namespace restante::accounts
