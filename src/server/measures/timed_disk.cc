#include "server/measures/timed_disk.h"

#include <utility>

namespace restante::server {
namespace {

class TimedFile final : public disk::File {
 public:
  TimedFile(std::unique_ptr<disk::File> file, Histogram& syncs, Histogram& lock_waits)
      : file_(std::move(file)), syncs_(syncs), lock_waits_(lock_waits) {}

  Result<std::size_t> read(std::uint64_t offset, MutableBytes target) override {
    return file_->read(offset, target);
  }
  std::optional<Result<std::size_t>> read_cached(std::uint64_t offset,
                                                 MutableBytes target) override {
    return file_->read_cached(offset, target);
  }
  Status write(std::uint64_t offset, std::span<const ByteView> pieces) override {
    return file_->write(offset, pieces);
  }
  Result<disk::FileStatus> status() override { return file_->status(); }
  Status truncate(std::uint64_t size) override { return file_->truncate(size); }
  Status sync() override {
    const Stopwatch watch(syncs_);
    return file_->sync();
  }
  Status try_lock(std::uint64_t offset, std::uint64_t bytes) override {
    return file_->try_lock(offset, bytes);
  }
  /// As a rule the lock is free, and then nothing was waited for.
  Status lock(std::uint64_t offset, std::uint64_t bytes, const disk::Patience& patience) override {
    const Status taken = file_->try_lock(offset, bytes);
    if (taken || taken.error().code != Errc::kBusy) return taken;
    const Stopwatch watch(lock_waits_);
    return file_->lock(offset, bytes, patience);
  }
  void unlock(std::uint64_t offset, std::uint64_t bytes) override { file_->unlock(offset, bytes); }

 private:
  const std::unique_ptr<disk::File> file_;
  Histogram& syncs_;
  Histogram& lock_waits_;
};

}  // namespace

Result<std::unique_ptr<disk::File>> TimedDisk::open(const std::string& path, disk::OpenMode mode) {
  RESTANTE_TRY(auto file, disk_.open(path, mode));
  return std::unique_ptr<disk::File>(
      std::make_unique<TimedFile>(std::move(file), syncs_, lock_waits_));
}

}  // namespace restante::server
