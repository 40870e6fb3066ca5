#include "server/common/disk_room.h"

#include <sys/statvfs.h>

#include <string>

namespace restante::server {

std::optional<std::uint64_t> free_octets(const std::filesystem::path& folder) {
  struct statvfs found {};
  if (::statvfs(folder.c_str(), &found) != 0) return std::nullopt;
  // Of what others than root may use: the rest is the system's.
  return std::uint64_t{found.f_bavail} * found.f_frsize;
}

Status check_room(const std::filesystem::path& folder, std::uint64_t reserve, std::uint64_t bytes) {
  const auto free = free_octets(folder);
  // A file system that cannot be asked is no reason to refuse mail: the write itself will say so.
  if (!free || (*free >= reserve && bytes <= *free - reserve)) return ok();
  return Error(Errc::kFull, "only " + std::to_string(*free) + " bytes are free, and " +
                                std::to_string(reserve) + " are kept for deletions");
}

}  // namespace restante::server
