// Whether a file may still be being written.
//
// A file that was renamed into place is whole. A file that an editor, a shell or a copy writes in
// place is whole only when it has not been written for a while: half of it may be there, or
// nothing, and the end gives no sign.
#pragma once

#include <chrono>
#include <filesystem>

#include "base/clock.h"
#include "files/stamp.h"

namespace restante::accounts {

/// A file counts as whole when it has not been written for this long.
inline constexpr auto kQuiet = std::chrono::seconds(2);

/// Whether the file was written after it had got its name: true also where that cannot be told.
bool was_written_in_place(const std::filesystem::path& path, const files::Stamp& stamp);

/// Since when a file is as it is.
struct Quiet {
  using Steady = std::chrono::steady_clock::time_point;

  files::Stamp stamp;
  Steady since;  ///< When it was first seen so.

  /// Whether it has been so for kQuiet, by its own time or by what was seen: a file may be of a
  /// machine whose clock is ahead, and a clock may be set back.
  [[nodiscard]] bool is_over(WallTime now, Steady steady_now) const;
};

}  // namespace restante::accounts
