// Tells whether a file is another one than before, without a look at its content: device, inode,
// size and times. Symbolic links are followed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.h"

namespace restante::files {

struct Stamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;  ///< 0: there is no file, or it cannot be reached.
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  ///< When it was written last, nanoseconds since 1970.
  std::int64_t changed_ns = 0;   ///< Also renamed, or given other rights.
  bool is_regular = false;

  bool operator==(const Stamp&) const = default;
  [[nodiscard]] bool is_there() const { return inode != 0; }
  [[nodiscard]] bool is_same_file(const Stamp& other) const {
    return device == other.device && inode == other.inode;
  }
};

/// Errors: as system_error().
Result<Stamp> stamp_of(const std::filesystem::path& path);
/// One that is not there() after any error, and for an empty path.
Stamp stamp_if_there(const std::filesystem::path& path);
/// Of each path, in their order. Take them before the files are read: a change in between is then
/// seen as one.
std::vector<Stamp> stamps_of(const std::vector<std::filesystem::path>& paths);

}  // namespace restante::files
