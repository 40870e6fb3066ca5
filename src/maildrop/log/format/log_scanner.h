// Reads a log's records in order and finds its way after damage. Only reads; the caller decides
// about a torn tail.
//
// A record is whole when its header's checksum and its body's match. After a header that does not
// decode, the scan goes on at the next place that holds a valid header: the header checksums are
// seeded with a secret, so no mail can hold one. A damaged record that has a whole one inside is no
// record, but a header that came back after its place had been taken. Records behind the last whole
// one are not given out: they belong to the tail.
#pragma once

#include <functional>
#include <vector>

#include "disk/disk.h"
#include "maildrop/log/format/record_body.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

struct ScannedRecord {
  RecordHeader header;
  std::uint64_t offset = 0;
  std::uint64_t body_offset = 0;
  std::uint64_t end = 0;  ///< Behind the body, without padding.
  Checksum header_checksum = 0;
  bool intact = true;     ///< False: the body does not match its checksum.
  RecordContent content;  ///< Of an intact record that is no message.
};

/// The record at `offset` whose header is at the front of `bytes`; its body is not looked at.
ScannedRecord scanned_record(RecordHeader header, ByteView bytes, std::uint64_t offset);

struct DamagedRegion {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

struct ScanResult {
  std::uint64_t whole_end = 0;  ///< Behind the last whole record; where the scan began if none.
  std::vector<DamagedRegion> damaged;  ///< Headers lost, before whole_end.
};

struct ScanRange {
  std::uint64_t from = 0;  ///< Where a record may start.
  std::uint64_t to = 0;    ///< The end of the file, or of the part to read.
  /// False: the bodies of messages are taken for intact unread, where the next one follows.
  bool verify_bodies = true;
  const Pace* pace = nullptr;  ///< Not owned. Asked after each piece that is read.
};

/// Errors: kIo; kCorrupt for a record of a type that this program does not know; kClosed.
Result<ScanResult> scan_log(disk::File& file, std::uint64_t seed, ScanRange range,
                            const std::function<void(ScannedRecord&&)>& sink);

}  // namespace restante::maildrop::log
