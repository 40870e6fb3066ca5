// A backup's folder: its lock, its manifest, and writing files into it durably.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "disk/disk.h"
#include "maildrop/log/backup/manifest.h"

namespace restante::backup {

/// Used by one thread, but for make_way(). Writers hold the folder's lock; readers need none, since
/// what a manifest counts does not change while that manifest is in force.
class Folder {
 public:
  /// For reading. `disk` is not owned.
  Folder(disk::Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

  /// Makes the folder when it is missing and locks it for writing. Errors: kExists (it holds other
  /// things than a backup), kBusy (a backup is being written), kIo, kFull.
  Status lock();
  /// The manifest in force; nothing when no backup was ever finished. Errors: kCorrupt, kIo.
  Result<std::optional<Manifest>> manifest();
  /// Puts it in force, durably: the last step, after sync_directories(). Errors: kIo, kFull.
  Status publish(const Manifest& manifest);

  /// Makes the folders on the way to `name`, a path below this folder. Callable from any thread.
  Status make_way(const std::string& name);
  /// Makes the names durable in all folders that make_way() went through.
  Status sync_directories();
  /// Removes stored files that the manifest does not name. What cannot be removed stays.
  void clean(const Manifest& manifest);

  [[nodiscard]] std::string path_of(const std::string& name) const { return path_ + '/' + name; }
  [[nodiscard]] disk::Disk& disk() const { return disk_; }

 private:
  void clean_directory(const std::string& name, const std::set<std::string>& kept, int depth);

  disk::Disk& disk_;
  const std::string path_;
  std::unique_ptr<disk::File> lock_;
  std::mutex mutex_;            // Guards used_ while several threads copy.
  std::set<std::string> used_;  // Folders on the way to what was written.
};

}  // namespace restante::backup
