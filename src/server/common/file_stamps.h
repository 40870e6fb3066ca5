// Whether files have changed since they were read: by device, inode, size and times, not by their
// content.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace restante::server {

struct FileStamp {
  std::uint64_t device = 0;  ///< All 0: there is no such file, or it cannot be reached.
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const FileStamp&) const = default;
};

/// In the order of the paths. Take them before the files are read: a change in between is then
/// seen as one. Symbolic links are followed.
std::vector<FileStamp> stamps_of(const std::vector<std::filesystem::path>& paths);

}  // namespace restante::server
