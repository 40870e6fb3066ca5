// The journal's folder: files acts-20261130T102806Z.jsonl, each named by the time of its first act,
// the newest of which grows; and `lock`, held by the program that writes. All are their owner's
// alone (0600).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "files/descriptor.h"
#include "files/file.h"

namespace restante::journal {

struct Limits {
  std::uint64_t octets_max = 1ULL << 30;  ///< Of all files together.
  std::chrono::days keep{90};
  /// Of the disk, that no act takes: a deletion needs room, too.
  std::uint64_t free_min = 32ULL << 20;
};

struct ActsFile {
  files::Path path;
  WallTime begins;  ///< By its name.
  std::uint64_t octets = 0;
};

/// "acts-20261130T102806Z.jsonl".
std::string file_name(WallTime begins);

/// Oldest first; other names are passed over. Errors: as files::system_error(); kNotFound: there is
/// no journal.
Result<std::vector<ActsFile>> list_files(const files::Path& folder);

/// No other program writes while it lives. Waits. Errors: as files::system_error().
Result<files::Descriptor> lock_folder(const files::Path& folder);

/// Where the next lines go: the newest file, or a new one when the day is another or the newest has
/// its share of the limit. Its last line is whole. `begins`: of a new file. Errors: as
/// files::system_error().
Result<files::Path> file_to_grow(const files::Path& folder, WallTime now, const Limits& limits);

/// Removes the oldest files that are beyond the limits, never the newest. Errors: as
/// files::system_error().
Status remove_old(const files::Path& folder, WallTime now, const Limits& limits);

/// Errors: kFull: the disk has less than limits.free_min left; as files::system_error().
Status check_room(const files::Path& folder, const Limits& limits);

/// Appends lines, all of them or none: what a full disk took of them is taken back. Errors: as
/// files::system_error().
Status append(const files::Path& file, std::string_view lines);

}  // namespace restante::journal
