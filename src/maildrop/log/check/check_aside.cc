#include "maildrop/log/check/check_aside.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/checksum.h"

namespace restante::maildrop::log {
namespace {

// As aside_file.cc writes them.
constexpr std::array<unsigned char, 8> kMagic = {0x89, 'R', 'S', 'T', 'A', 'S', 'D', '\n'};
constexpr std::size_t kHeaderBytes = 48;
constexpr std::size_t kChunkBytes = 128U << 10;

bool is_header(ByteView bytes) {
  return bytes.size() == kHeaderBytes &&
         std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) == 0 &&
         get_le<Checksum>(bytes, 40) == checksum(bytes.first(40));
}

Result<Checksum> sum_of(disk::File& file, std::uint64_t offset, std::uint64_t bytes) {
  ChecksumStream sum;
  std::vector<std::byte> buffer(
      static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes, bytes)));
  for (std::uint64_t done = 0; done < bytes;) {
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), bytes - done));
    const MutableBytes piece = MutableBytes(buffer).first(size);
    RESTANTE_TRY(const std::size_t got, file.read(offset + done, piece));
    if (got != size) return Error(Errc::kIo, "the aside file became shorter while it was read");
    sum.update(piece);
    done += size;
  }
  return sum.digest();
}

}  // namespace

Result<AsideContent> read_aside(disk::Disk& disk, const std::string& path, const Pace& pace) {
  AsideContent content;
  const auto opened = disk.open(path, disk::OpenMode::kRead);
  if (!opened && opened.error().code == Errc::kNotFound) return content;
  if (!opened) return opened.error();
  PacedFile file(**opened, pace);
  RESTANTE_TRY(const disk::FileStatus status, file.status());
  std::uint64_t at = 0;
  while (at < status.size) {
    std::array<std::byte, kHeaderBytes> buffer{};
    RESTANTE_TRY(const std::size_t got, file.read(at, buffer));
    const ByteView header = ByteView(buffer).first(got);
    if (!is_header(header)) break;
    AsideEntry entry;
    entry.offset = get_le<std::uint64_t>(header, 8);
    entry.bytes = get_le<std::uint64_t>(header, 16);
    entry.kept = WallTime(
        std::chrono::milliseconds(static_cast<std::int64_t>(get_le<std::uint64_t>(header, 24))));
    // Cut by a crash: told as octets that cannot be read, since its end is unknown.
    if (entry.bytes > status.size - at - kHeaderBytes) break;
    RESTANTE_TRY(const Checksum sum, sum_of(file, at + kHeaderBytes, entry.bytes));
    entry.intact = sum == get_le<Checksum>(header, 32);
    content.entries.push_back(entry);
    at += kHeaderBytes + entry.bytes;
  }
  content.unread_bytes = status.size - at;
  return content;
}

}  // namespace restante::maildrop::log
