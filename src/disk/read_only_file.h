// A file that can only be read: the base of those that look at another file's bytes in their own
// way. Everything else is refused with kState.
#pragma once

#include "disk/disk.h"

namespace restante::disk {

class ReadOnlyFile : public File {
 public:
  std::optional<Result<std::size_t>> read_cached(std::uint64_t, MutableBytes) final {
    return std::nullopt;
  }
  Status write(std::uint64_t, std::span<const ByteView>) final { return refuse(); }
  Status truncate(std::uint64_t) final { return refuse(); }
  Status sync() final { return refuse(); }
  Status try_lock(std::uint64_t, std::uint64_t) final { return refuse(); }
  Status lock(std::uint64_t, std::uint64_t, const Patience&) final { return refuse(); }
  void unlock(std::uint64_t, std::uint64_t) final {}

 private:
  static Status refuse() { return Error(Errc::kState, "only for reading"); }
};

}  // namespace restante::disk
