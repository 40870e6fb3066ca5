// A disk that notes how long its syncs take and how long locks are waited for; everything else goes
// to the disk behind it at once. Callable from any thread.
#pragma once

#include "disk/disk.h"
#include "server/measures/histogram.h"

namespace restante::server {

class TimedDisk final : public disk::Disk {
 public:
  /// Nothing is owned; all of it outlives the disk and its files.
  TimedDisk(disk::Disk& disk, Histogram& syncs, Histogram& lock_waits)
      : disk_(disk), syncs_(syncs), lock_waits_(lock_waits) {}

  Result<std::unique_ptr<disk::File>> open(const std::string& path, disk::OpenMode mode) override;
  Status rename(const std::string& from, const std::string& to) override {
    return disk_.rename(from, to);
  }
  Status link(const std::string& from, const std::string& to) override {
    return disk_.link(from, to);
  }
  Status remove(const std::string& path) override { return disk_.remove(path); }
  Status create_directory(const std::string& path) override { return disk_.create_directory(path); }
  Status sync_directory(const std::string& path) override {
    const Stopwatch watch(syncs_);
    return disk_.sync_directory(path);
  }
  Result<std::vector<std::string>> list(const std::string& path) override {
    return disk_.list(path);
  }

 private:
  disk::Disk& disk_;
  Histogram& syncs_;
  Histogram& lock_waits_;
};

}  // namespace restante::server
