// When the last backup was made, as `restantectl backup` leaves it and the alarms read it.
#pragma once

#include <filesystem>
#include <optional>

#include "base/clock.h"

namespace restante::server {

/// The folders that backups were made in. Its own time is that of the last backup.
inline std::filesystem::path backup_folders_file(const std::filesystem::path& data_dir) {
  return data_dir / "backup-folders";
}

/// None: there never was one.
std::optional<WallTime> last_backup(const std::filesystem::path& data_dir);
/// A backup has ended. What cannot be written is an alarm too early, at most.
void note_last_backup(const std::filesystem::path& data_dir, WallTime now);

}  // namespace restante::server
