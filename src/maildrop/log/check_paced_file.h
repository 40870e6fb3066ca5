// A file whose reading keeps a pace: each read is told to the Pace first done, then asked to stop
// or go on. Nothing else of a file works through it.
#pragma once

#include <optional>

#include "disk/disk.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

class PacedFile final : public disk::File {
 public:
  /// Neither is owned; both outlive it. An empty `pace` never waits.
  PacedFile(disk::File& file, const Pace& pace) : file_(file), pace_(pace) {}

  /// Errors: also kClosed: the pace said stop.
  Result<std::size_t> read(std::uint64_t offset, MutableBytes target) override {
    auto got = file_.read(offset, target);
    if (got && pace_ && !pace_(*got)) return Error(Errc::kClosed, "stopped");
    return got;
  }
  Result<disk::FileStatus> status() override { return file_.status(); }

  std::optional<Result<std::size_t>> read_cached(std::uint64_t, MutableBytes) override {
    return std::nullopt;
  }
  Status write(std::uint64_t, std::span<const ByteView>) override { return refuse(); }
  Status truncate(std::uint64_t) override { return refuse(); }
  Status sync() override { return refuse(); }
  Status try_lock(std::uint64_t, std::uint64_t) override { return refuse(); }
  Status lock(std::uint64_t, std::uint64_t) override { return refuse(); }
  void unlock(std::uint64_t, std::uint64_t) override {}

 private:
  static Status refuse() { return Error(Errc::kState, "only for reading"); }

  disk::File& file_;
  const Pace& pace_;
};

}  // namespace restante::maildrop::log
