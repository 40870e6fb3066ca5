// Writes a whole log from its start, in large pieces: for rewriting one. Nothing is durable before
// the caller's sync, and no reader looks at the file before it gets its name.
#pragma once

#include <string>
#include <vector>

#include "disk/disk.h"
#include "maildrop/log/format/log_scanner.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

/// Where a message's body is read from.
struct BodyPlace {
  disk::File& file;
  std::uint64_t offset;
};

class LogBuilder {
 public:
  /// Where a message's body went.
  struct Placed {
    std::uint64_t from = 0;  ///< In the other log.
    std::uint64_t to = 0;
  };

  /// `file` is not owned, and empty.
  LogBuilder(disk::File& file, const LogHeader& header);

  /// Appends a record that is no message. Errors: kIo, kFull.
  Status add(const RecordHeader& header, std::string_view body);
  /// Appends a message of another log, its header as it is but for the place. True: the body
  /// matches the checksum; one that does not is copied as it is. Errors: kIo, kFull, kClosed.
  Result<bool> copy_message(BodyPlace body, const ScannedRecord& message, const Pace* pace);
  /// Writes out what is still in memory. A log must not end with a damaged record, which would pass
  /// for a torn append: then an empty deletion follows it.
  Status finish(WallTime now);

  /// Behind the last record.
  [[nodiscard]] std::uint64_t end() const { return written_ + buffer_.size(); }
  /// 0: there is none.
  [[nodiscard]] std::uint64_t last_record() const { return last_record_; }
  [[nodiscard]] Checksum last_checksum() const { return last_checksum_; }
  /// Messages, in their order here.
  [[nodiscard]] const std::vector<Placed>& messages() const { return messages_; }
  /// Those that messages brought along.
  [[nodiscard]] const std::vector<std::string>& uids() const { return uids_; }

 private:
  void begin_record(const RecordHeader& header);
  Status put(ByteView bytes);
  Status flush();

  disk::File& file_;
  const std::uint64_t seed_;
  std::string buffer_;
  std::uint64_t written_ = 0;
  std::uint64_t last_record_ = 0;
  Checksum last_checksum_ = 0;
  bool ends_damaged_ = false;
  std::vector<Placed> messages_;
  std::vector<std::string> uids_;
};

}  // namespace restante::maildrop::log
