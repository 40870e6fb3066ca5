#include "maildrop/log/check_walk.h"

#include <algorithm>
#include <array>
#include <vector>

namespace restante::maildrop::log {
namespace {

using Sink = std::function<void(const Place&)>;

constexpr std::size_t kChunkBytes = 128U << 10;

Result<bool> is_zero(disk::File& file, DamagedRegion region) {
  std::vector<std::byte> buffer(
      static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes, region.bytes)));
  for (std::uint64_t done = 0; done < region.bytes;) {
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), region.bytes - done));
    const MutableBytes piece = MutableBytes(buffer).first(size);
    RESTANTE_TRY(const std::size_t got, file.read(region.offset + done, piece));
    if (got != size) return Error(Errc::kIo, "the log became shorter while it was read");
    if (!std::ranges::all_of(piece, [](std::byte b) { return b == std::byte{0}; })) return false;
    done += size;
  }
  return true;
}

/// The header at `offset` behind the last whole record, if there is one.
Result<std::optional<ScannedRecord>> tail_record(disk::File& file, std::uint64_t seed,
                                                 std::uint64_t offset, std::uint64_t to) {
  std::array<std::byte, kRecordHeaderBytesMax> buffer{};
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), to - offset));
  RESTANTE_TRY(const std::size_t got, file.read(offset, MutableBytes(buffer).first(wanted)));
  const ByteView bytes = ByteView(buffer).first(got);
  auto header = decode_record_header(bytes, seed, offset);
  if (!header) return std::optional<ScannedRecord>();
  ScannedRecord record;
  record.header = std::move(*header);
  record.offset = offset;
  record.header_checksum = header_checksum_of(bytes);
  record.body_offset = offset + record_header_bytes(record.header);
  record.end = record.body_offset + record.header.body_bytes;
  record.intact = false;
  return std::optional<ScannedRecord>(std::move(record));
}

/// What lies behind the last whole record. The scan has found nothing whole in it.
Status walk_tail(disk::File& file, std::uint64_t seed, ScanRange tail, const Sink& sink) {
  std::uint64_t at = align(tail.from);
  if (at >= tail.to) at = tail.from;  // A few bytes only.
  while (at < tail.to) {
    const std::uint64_t left = tail.to - at;
    RESTANTE_TRY(const auto record, tail_record(file, seed, at, tail.to));
    if (!record) {
      RESTANTE_TRY(const bool zero, is_zero(file, {at, left}));
      sink({zero ? PlaceState::kZeros : PlaceState::kNoRecord, at, left, true, nullptr});
      break;
    }
    const bool cut = record->end > tail.to;
    sink({cut ? PlaceState::kCutShort : PlaceState::kBodyDamaged, at,
          std::min(left, record->end - at), true, &*record});
    at = align(record->end);
  }
  return ok();
}

}  // namespace

Result<std::uint64_t> walk_log(disk::File& file, std::uint64_t seed, ScanRange range,
                               const Sink& sink) {
  std::uint64_t expected = align(range.from);
  RESTANTE_TRY(
      const ScanResult scan, scan_log(file, seed, range, [&](ScannedRecord&& record) {
        if (record.offset > expected)
          sink({PlaceState::kNoRecord, expected, record.offset - expected, false, nullptr});
        sink({record.intact ? PlaceState::kWhole : PlaceState::kBodyDamaged, record.offset,
              record.end - record.offset, false, &record});
        expected = align(record.end);
      }));
  if (scan.whole_end < range.to)
    RESTANTE_CHECKED(walk_tail(file, seed, {scan.whole_end, range.to, true}, sink));
  return scan.whole_end;
}

}  // namespace restante::maildrop::log
