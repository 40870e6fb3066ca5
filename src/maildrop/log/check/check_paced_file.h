// A file whose reading keeps a pace: each read is told to the Pace first done, then asked to stop
// or go on. Nothing else of a file works through it.
#pragma once

#include "disk/read_only_file.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

class PacedFile final : public disk::ReadOnlyFile {
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

 private:
  disk::File& file_;
  const Pace& pace_;
};

}  // namespace restante::maildrop::log
