#include "maildrop/log/format/log_scanner.h"

#include <algorithm>

namespace restante::maildrop::log {
namespace {

constexpr std::size_t kWindowBytes = 128U << 10;

/// A moving window over the file, so that a scan reads it in large pieces and holds one of them.
class Window {
 public:
  Window(disk::File& file, std::uint64_t end, const Pace* pace)
      : file_(file), end_(end), pace_(pace) {}

  /// The bytes from `offset`: at least `wanted` of them (at most kWindowBytes), fewer only at the
  /// end. Valid until the next call.
  Result<ByteView> at(std::uint64_t offset, std::size_t wanted) {
    if (offset >= end_) return ByteView();
    const std::uint64_t left = end_ - offset;
    const std::size_t needed = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, left));
    if (offset < start_ || offset + needed > start_ + used_) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(kWindowBytes, left));
      if (bytes_.size() < size) bytes_.resize(size);
      RESTANTE_TRY(const std::size_t got, file_.read(offset, MutableBytes(bytes_).first(size)));
      start_ = offset;
      used_ = got;
      if (pace_ && *pace_ && !(*pace_)(got)) return Error(Errc::kClosed, "stopped");
      if (got < needed) return Error(Errc::kIo, "the log became shorter while it was read");
    }
    const auto skipped = static_cast<std::size_t>(offset - start_);
    return ByteView(bytes_).subspan(skipped, used_ - skipped);
  }

 private:
  disk::File& file_;
  const std::uint64_t end_;
  const Pace* const pace_;
  std::vector<std::byte> bytes_;
  std::uint64_t start_ = 0;
  std::size_t used_ = 0;
};

class Scanner {
 public:
  Scanner(disk::File& file, std::uint64_t seed, ScanRange range)
      : window_(file, range.to, range.pace), seed_(seed), range_(range) {}

  Result<ScanResult> run(const std::function<void(ScannedRecord&&)>& sink) {
    result_.whole_end = range_.from;
    std::uint64_t offset = align(range_.from);
    while (offset < range_.to) {
      RESTANTE_TRY(std::optional<ScannedRecord> record, record_at(offset));
      if (!record) {
        RESTANTE_TRY(const std::uint64_t next, resync(offset));
        offset = next;
        continue;
      }
      RESTANTE_CHECKED(check_body(*record));
      if (!record->intact) {
        RESTANTE_TRY(const std::uint64_t inside, record_inside(*record));
        if (inside < record->end) {
          regions_.push_back({offset, inside - offset});
          offset = inside;
          continue;
        }
      }
      offset = align(record->end);
      const bool whole = record->intact;
      if (whole) result_.whole_end = record->end;
      pending_.push_back(std::move(*record));
      if (whole) give_out(sink);
    }
    return std::move(result_);
  }

 private:
  /// The record whose header is intact and whose body ends in range, or nothing.
  Result<std::optional<ScannedRecord>> record_at(std::uint64_t offset) {
    if (offset >= range_.to) return std::optional<ScannedRecord>();
    RESTANTE_TRY(const ByteView bytes, window_.at(offset, kRecordHeaderBytesMax));
    auto header = decode_record_header(bytes, seed_, offset);
    if (!header) return std::optional<ScannedRecord>();
    if (!is_known(header->type))
      return Error(Errc::kCorrupt, "a record of unknown type at " + std::to_string(offset) +
                                       ": written by a newer version");
    ScannedRecord record = scanned_record(std::move(*header), bytes, offset);
    if (record.end > range_.to) return std::optional<ScannedRecord>();
    return std::optional<ScannedRecord>(std::move(record));
  }

  Status check_body(ScannedRecord& record) {
    if (record.header.type != RecordType::kMessage) return read_content(record);
    if (!range_.verify_bodies) {
      // A header that should not be there, see record_inside(), reaches over others' numbers.
      RESTANTE_TRY(const auto next, record_at(align(record.end)));
      if (next && next->header.type == RecordType::kMessage &&
          next->header.key == record.header.key + 1)
        return ok();
    }
    return verify(record);
  }

  Status verify(ScannedRecord& record) {
    ChecksumStream sum;
    for (std::uint64_t at = record.body_offset; at < record.end;) {
      RESTANTE_TRY(ByteView bytes, window_.at(at, 1));
      bytes = bytes.first(
          static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), record.end - at)));
      sum.update(bytes);
      at += bytes.size();
    }
    record.intact = sum.digest() == record.header.body_checksum;
    return ok();
  }

  Status read_content(ScannedRecord& record) {
    record.intact = false;
    if (record.header.body_bytes > kListBytesMax) return ok();
    std::string body;
    while (body.size() < record.header.body_bytes) {
      RESTANTE_TRY(const ByteView bytes, window_.at(record.body_offset + body.size(), 1));
      const std::uint64_t left = record.header.body_bytes - body.size();
      body += as_text(bytes).substr(0, static_cast<std::size_t>(left));
    }
    if (checksum(as_bytes(body)) != record.header.body_checksum) return ok();
    auto content = decode_content(record.header.type, as_bytes(body));
    if (!content) return ok();
    record.content = std::move(*content);
    take_flags(record.header.flags, record.content);
    record.intact = true;
    return ok();
  }

  /// Where the first record begins that lies in the body of a damaged one, if any of those is
  /// whole; otherwise the outer one's end. Then it was the header that should not be there: of an
  /// append that was cut, and came back by a power loss when others had taken its place, whose sync
  /// had failed. No mail can look like a record.
  Result<std::uint64_t> record_inside(const ScannedRecord& outer) {
    std::uint64_t first = outer.end;
    for (std::uint64_t at = outer.offset + kAlignment; at < outer.end; at += kAlignment) {
      RESTANTE_TRY(const ByteView bytes, window_.at(at, kRecordHeaderBytesMax));
      if (!looks_like_record(bytes)) continue;
      RESTANTE_TRY(auto record, record_at(at));
      if (!record) continue;
      first = std::min(first, at);
      RESTANTE_CHECKED(record->header.type == RecordType::kMessage ? verify(*record)
                                                                   : read_content(*record));
      if (record->intact) return first;
    }
    return outer.end;
  }

  /// Where the next record starts that can be read; the end if there is none.
  Result<std::uint64_t> resync(std::uint64_t damaged) {
    std::uint64_t offset = damaged + kAlignment;
    for (; offset < range_.to; offset += kAlignment) {
      RESTANTE_TRY(const ByteView bytes, window_.at(offset, kRecordHeaderBytesMax));
      if (!looks_like_record(bytes)) continue;
      RESTANTE_TRY(const auto record, record_at(offset));
      if (record) break;
    }
    offset = std::min(offset, range_.to);
    regions_.push_back({damaged, offset - damaged});
    return offset;
  }

  void give_out(const std::function<void(ScannedRecord&&)>& sink) {
    for (ScannedRecord& record : pending_) sink(std::move(record));
    pending_.clear();
    result_.damaged.insert(result_.damaged.end(), regions_.begin(), regions_.end());
    regions_.clear();
  }

  Window window_;
  const std::uint64_t seed_;
  const ScanRange range_;
  ScanResult result_;
  std::vector<ScannedRecord> pending_;  // Not whole, and no whole one seen behind them yet.
  std::vector<DamagedRegion> regions_;  // The same for places without a header.
};

}  // namespace

ScannedRecord scanned_record(RecordHeader header, ByteView bytes, std::uint64_t offset) {
  ScannedRecord record;
  record.header = std::move(header);
  record.offset = offset;
  record.header_checksum = header_checksum_of(bytes);
  record.body_offset = offset + record_header_bytes(record.header);
  record.end = record.body_offset + record.header.body_bytes;
  return record;
}

Result<ScanResult> scan_log(disk::File& file, std::uint64_t seed, ScanRange range,
                            const std::function<void(ScannedRecord&&)>& sink) {
  return Scanner(file, seed, range).run(sink);
}

}  // namespace restante::maildrop::log
