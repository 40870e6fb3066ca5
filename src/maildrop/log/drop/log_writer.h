// Appends to a maildrop's log: records are written in batches, and a batch is in force as a whole
// only once it is durable. Records that it settles become known; the maildrop shows them to
// sessions.
//
// Not thread-safe, and no lock of its own: used under the maildrop's append mutex and the append
// lock; batches are begun once what others wrote was caught up with.
#pragma once

#include <optional>
#include <vector>

#include "maildrop/log/drop/known_log.h"
#include "maildrop/log/file/environment.h"
#include "maildrop/log/file/log_file.h"
#include "maildrop/log/file/record_writer.h"

namespace restante::maildrop::log {

class LogWriter {
 public:
  /// Records behind the end of the log that are not settled yet.
  struct Batch {
    std::uint64_t end = 0;
    bool headers_later = false;  ///< Once all bodies are durable.
    std::vector<ScannedRecord> records;
    BodyBuffer buffer{};            ///< Bodies that are not in the file yet.
    std::optional<Error> failed{};  ///< To write the buffer: none of the batch can be settled.
  };

  /// Nothing is owned.
  LogWriter(const Environment& environment, KnownLog& known)
      : environment_(environment), known_(known) {}

  /// For `count` records. The batch that was begun is settled, even when nothing could be written.
  [[nodiscard]] Batch begin(std::size_t count) const;
  /// Errors: as LogFile::write; then the others may be settled all the same.
  Status write(Batch& batch, RecordHeader header, const RecordBody& body, RecordContent content);
  /// The same for a record that is no message. Errors: kLimit, too.
  Status write_content(Batch& batch, RecordType type, View view, RecordContent content);
  /// Makes all of it durable, then known. Errors: as LogFile::settle; then none of it is in force,
  /// and after a failed sync nothing more is appended.
  Status settle(Batch& batch);

  /// Makes durable what others wrote behind the end that is known. After an error is_behind().
  Status sync_unread();
  /// A failed sync keeps us from what lies behind the end.
  [[nodiscard]] bool is_behind() const { return is_behind_; }
  /// The log was begun anew.
  void begin_anew() { is_behind_ = false; }
  /// Cuts what lies behind the end, up to `size`: no whole record follows it. Errors: kIo, kFull.
  Status cut_tail(std::uint64_t size);

 private:
  Status flush(Batch& batch);
  Status make_durable(Batch& batch);

  const Environment& environment_;
  KnownLog& known_;
  bool is_behind_ = false;
};

}  // namespace restante::maildrop::log
