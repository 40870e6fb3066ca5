#include "server/alarm/last_backup.h"

#include <sys/stat.h>

namespace restante::server {

std::optional<WallTime> last_backup(const std::filesystem::path& data_dir) {
  struct stat found {};
  if (::stat(backup_folders_file(data_dir).c_str(), &found) != 0) return std::nullopt;
  return WallTime(std::chrono::seconds(found.st_mtim.tv_sec));
}

void note_last_backup(const std::filesystem::path& data_dir, WallTime now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  const timespec time{seconds.count(), 0};
  const timespec both[2] = {time, time};
  static_cast<void>(::utimensat(AT_FDCWD, backup_folders_file(data_dir).c_str(), both, 0));
}

}  // namespace restante::server
