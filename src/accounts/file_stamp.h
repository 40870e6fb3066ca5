// What tells that a file is another one than before, and whether somebody may be writing it still.
//
// A file that was renamed into place is whole. One that was written where it lies, by an editor, a
// shell or a copy, is not until nobody has written it for a while: half of it may be there, or
// nothing, and the end gives no sign.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "base/clock.h"

namespace restante::accounts {

/// So long nobody must have written a file for it to count as whole.
inline constexpr auto kQuiet = std::chrono::seconds(2);

struct Stamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;  ///< 0: there is no file.
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  bool operator==(const Stamp&) const = default;
  [[nodiscard]] bool is_there() const { return inode != 0; }
  [[nodiscard]] bool is_same_file(const Stamp& other) const {
    return device == other.device && inode == other.inode;
  }
};

/// All zero when there is no such file, or `path` is empty.
Stamp stamp_of(const std::filesystem::path& path);

/// Whether the file was written after it had got its name: true also where that cannot be told.
bool was_written_in_place(const std::filesystem::path& path, const Stamp& stamp);

/// Since when a file is as it is.
struct Quiet {
  using Steady = std::chrono::steady_clock::time_point;

  Stamp stamp;
  Steady since;  ///< When it was first seen so.

  /// Whether it has been so for kQuiet, by its own time or by what was seen: a file may be of a
  /// machine whose clock is ahead, and a clock may be set back.
  [[nodiscard]] bool is_over(WallTime now, Steady steady_now) const;
};

}  // namespace restante::accounts
