#include "maildrop/log/check/check_walk.h"

#include <algorithm>
#include <array>

#include "maildrop/log/format/region_chunks.h"

namespace restante::maildrop::log {
namespace {

using Sink = std::function<void(const LogPlace&)>;

Result<bool> is_zero(disk::File& file, DamagedRegion region) {
  bool zero = true;
  RESTANTE_CHECKED(for_each_chunk(file, region, [&zero](std::uint64_t, ByteView bytes) {
    zero = zero && all_zero(bytes);
    return ok();
  }));
  return zero;
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
  ScannedRecord record = scanned_record(std::move(*header), bytes, offset);
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
    // Told apart for the operator: a record that was cut is the trace of a crash, a whole one with
    // a wrong body that of a disk.
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
