// Reads a region of a log in pieces of bounded memory.
#pragma once

#include <algorithm>
#include <vector>

#include "disk/disk.h"
#include "maildrop/log/format/log_scanner.h"

namespace restante::maildrop::log {

constexpr std::size_t kRegionChunkBytes = 64U << 10;

/// Calls sink(offset in the region, bytes), which gives a Status, for the region in pieces.
/// Errors: the sink's, which end it; kIo, also when the log is shorter.
template <typename Sink>
Status for_each_chunk(disk::File& log, DamagedRegion region, Sink sink) {
  std::vector<std::byte> buffer(
      static_cast<std::size_t>(std::min<std::uint64_t>(kRegionChunkBytes, region.bytes)));
  for (std::uint64_t done = 0; done < region.bytes;) {
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), region.bytes - done));
    const MutableBytes piece = MutableBytes(buffer).first(size);
    RESTANTE_TRY(const std::size_t got, log.read(region.offset + done, piece));
    if (got != size) return Error(Errc::kIo, "the log became shorter while it was read");
    RESTANTE_CHECKED(sink(done, ByteView(piece)));
    done += size;
  }
  return ok();
}

inline bool all_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace restante::maildrop::log
