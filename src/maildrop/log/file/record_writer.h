// Writes records at the end of a log; does not sync. Bounded memory for mail of any size.
#pragma once

#include <vector>

#include "disk/disk.h"
#include "maildrop/log/format/log_scanner.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

/// A body in two parts.
struct RecordBody {
  std::string_view prefix;
  Source* rest = nullptr;  ///< Not owned; nullptr: none.

  [[nodiscard]] std::uint64_t size() const { return prefix.size() + (rest ? rest->size() : 0); }
};

struct RecordPlace {
  std::uint64_t offset;  ///< In the log; aligned.
  std::uint64_t seed;    ///< Of the log.
};

/// Writes the record there, and sets the header's body_bytes and body_checksum. Where it is (the
/// header is not copied into it). After an error any part of it may be in the file, but no whole
/// record. Errors: kIo, kFull.
Result<ScannedRecord> write_record(disk::File& file, const RecordPlace& place, RecordHeader& header,
                                   const RecordBody& body);

/// Small bodies that lie one behind the other, on their way to a file: one write for many. The
/// places of their headers are zeros until these are written.
class BodyBuffer {
 public:
  /// Puts a body in place; its checksum. `at` is behind all that came before. After an error
  /// nothing of it is there.
  Result<Checksum> put(std::uint64_t at, const RecordBody& body);
  [[nodiscard]] bool is_full() const;
  /// Errors: kIo, kFull: then any part of it may be in the file.
  Status flush(disk::File& file);

 private:
  std::uint64_t begin_ = 0;  // In the file.
  std::vector<std::byte> bytes_;
};

/// The same in two steps, so that the body can be made durable in between. The first writes the
/// body, a small one into `buffer`, which the caller has flushed when it was full: no record yet,
/// and its header_checksum is not known. Before a large one `buffer` must be flushed.
Result<ScannedRecord> write_body(disk::File& file, const RecordPlace& place, RecordHeader& header,
                                 const RecordBody& body, BodyBuffer& buffer);
/// Whether it goes into a buffer.
bool is_small(const RecordBody& body);
/// The second writes the header that the first has completed; its checksum.
Result<Checksum> write_header(disk::File& file, const RecordPlace& place,
                              const RecordHeader& header);

}  // namespace restante::maildrop::log
