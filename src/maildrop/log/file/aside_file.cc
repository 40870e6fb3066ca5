#include "maildrop/log/file/aside_file.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "maildrop/log/format/region_chunks.h"

namespace restante::maildrop::log {
namespace {

// Entry: 0 magic*8 | 8 u64 offset in the log | 16 u64 bytes | 24 i64 when | 32 u64 checksum of the
// bytes | 40 u64 checksum of 0..39 | 48 the bytes.
constexpr std::array<unsigned char, 8> kMagic = {0x89, 'R', 'S', 'T', 'A', 'S', 'D', '\n'};
constexpr std::size_t kEntryHeaderBytes = 48;

struct Content {
  Checksum sum = 0;
  bool all_zero = true;
};

Result<Content> inspect(disk::File& log, DamagedRegion region) {
  Content content;
  ChecksumStream sum;
  RESTANTE_CHECKED(for_each_chunk(log, region, [&](std::uint64_t, ByteView bytes) {
    sum.update(bytes);
    content.all_zero = content.all_zero && all_zero(bytes);
    return ok();
  }));
  content.sum = sum.digest();
  return content;
}

using EntryHeader = std::array<std::byte, kEntryHeaderBytes>;

EntryHeader encode(DamagedRegion region, Checksum sum, WallTime when) {
  EntryHeader out{};
  std::memcpy(out.data(), kMagic.data(), kMagic.size());
  put_le(MutableBytes(out), 8, region.offset);
  put_le(MutableBytes(out), 16, region.bytes);
  put_le(MutableBytes(out), 24, static_cast<std::int64_t>(when.time_since_epoch().count()));
  put_le(MutableBytes(out), 32, sum);
  put_le(MutableBytes(out), 40, checksum(ByteView(out).first(40)));
  return out;
}

/// Whether the last entry of the file says that it is this region, whenever it was kept.
Result<bool> is_last(disk::File& aside, std::uint64_t size, const EntryHeader& entry) {
  const auto bytes = get_le<std::uint64_t>(ByteView(entry), 16);
  if (size < kEntryHeaderBytes + bytes) return false;
  EntryHeader found{};
  RESTANTE_TRY(const std::size_t got, aside.read(size - bytes - kEntryHeaderBytes, found));
  const auto same = [&](std::size_t from, std::size_t to) {
    return std::equal(found.begin() + static_cast<std::ptrdiff_t>(from),
                      found.begin() + static_cast<std::ptrdiff_t>(to),
                      entry.begin() + static_cast<std::ptrdiff_t>(from));
  };
  return got == found.size() && same(0, 24) && same(32, 40);
}

}  // namespace

Status set_aside(const Environment& environment, const LogPaths& paths, disk::File& log,
                 DamagedRegion region) {
  RESTANTE_TRY(const Content content, inspect(log, region));
  // What a file system shows of blocks that a power loss kept from being written: no mail.
  if (content.all_zero) return ok();
  RESTANTE_TRY(const auto aside, environment.disk.open(paths.aside, disk::OpenMode::kCreate));
  RESTANTE_TRY(const disk::FileStatus status, aside->status());
  const EntryHeader entry = encode(region, content.sum, environment.clock.now());
  RESTANTE_TRY(const bool is_there, is_last(*aside, status.size, entry));
  // An entry that is there is written again, in its place: its writer may have been killed before
  // the sync, or the sync may have failed, and then only new dirty pages are worth one.
  const std::uint64_t start =
      is_there ? status.size - kEntryHeaderBytes - region.bytes : status.size;
  RESTANTE_CHECKED(for_each_chunk(log, region, [&](std::uint64_t done, ByteView bytes) {
    const std::array<ByteView, 1> pieces = {bytes};
    return aside->write(start + kEntryHeaderBytes + done, pieces);
  }));
  const std::array<ByteView, 1> pieces = {ByteView(entry)};
  RESTANTE_CHECKED(aside->write(start, pieces));
  RESTANTE_CHECKED(aside->sync());
  return environment.disk.sync_directory(paths.directory);
}

}  // namespace restante::maildrop::log
