// One log on the disk: making it, its locks, appending durably, cutting a torn tail. It knows where
// records go, not what they mean.
//
// Everything that appends or cuts, and everything that reads the unproven end of the log, holds the
// append lock, which holds between processes.
#pragma once

#include <atomic>
#include <memory>

#include "maildrop/log/file/environment.h"
#include "maildrop/log/file/record_writer.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/format/log_scanner.h"

namespace restante::maildrop::log {

/// Bytes that no log reaches, locked instead of content. Part of the format: processes of different
/// versions must agree on them.
inline constexpr std::uint64_t kAppendLockAt = 1ULL << 62;
inline constexpr std::uint64_t kUpkeepLockAt = kAppendLockAt - 1;
inline constexpr std::uint64_t kViewLocksAt = kAppendLockAt + 1;  // Plus the view.
inline constexpr std::uint64_t kViewLocksEnd = kViewLocksAt + (1ULL << 32);
constexpr std::uint64_t view_lock_at(View view) {
  return kViewLocksAt + static_cast<std::uint32_t>(view);
}

enum class Creation : std::uint8_t { kNever, kIfAbsent };

class LogFile {
 public:
  /// Wraps a log that was just written and synced under its temporary name.
  LogFile(const Environment& environment, std::unique_ptr<disk::File> file, LogHeader header);
  /// Opens the account's log, makes it first if asked. A log whose header is not complete was never
  /// used (see log_file.cc) and is made anew. Errors: kNotFound, kIo, kFull, kCorrupt.
  static Result<std::unique_ptr<LogFile>> open(const Environment& environment,
                                               const std::string& account, Creation creation);

  /// Frees the append lock when destroyed.
  class AppendLock {
   public:
    explicit AppendLock(disk::File& file) : file_(&file) {}
    AppendLock(AppendLock&& other) noexcept : file_(std::exchange(other.file_, nullptr)) {}
    AppendLock& operator=(AppendLock&&) = delete;
    ~AppendLock() {
      if (file_) file_->unlock(kAppendLockAt, 1);
    }

   private:
    disk::File* file_;
  };
  /// Waits for other processes as long as `patience` says. Within the process the caller keeps
  /// threads apart. Errors: kTimeout, kIo.
  Result<AppendLock> lock_append(const disk::Patience& patience);

  /// Writes a record behind `end`, the end of the file; where it is. It counts only once settle()
  /// has made it durable, with the others that were written since. The caller holds the append lock
  /// all the while. After an error nothing of the record is in the file, or nothing more is
  /// appended by this process. Errors: kIo, kFull.
  Result<ScannedRecord> write(std::uint64_t end, RecordHeader header, const RecordBody& body);
  /// The same for one of several: its body alone, a small one perhaps only into `buffer`.
  Result<ScannedRecord> write_body(std::uint64_t end, RecordHeader header, const RecordBody& body,
                                   BodyBuffer& buffer);
  /// Makes records of bodies that are durable. After an error some of them may be; settle() with
  /// that error. Errors: kIo, kFull.
  Status write_headers(std::vector<ScannedRecord>& records);
  /// Makes durable what was written behind `end`, if it went well so far. After an error none of it
  /// is in the log; after one of the sync nothing more is appended by this process: every later
  /// call fails. Errors: kIo, kFull.
  Status settle(std::uint64_t end, Status written = ok());

  /// Makes durable what another process wrote; a failure gives the log up, as in settle().
  Status sync();
  /// Proves the file's name durable, if that is not known yet. write() does it first: the process
  /// that renamed the file into place may have been killed before, and a log that power loss takes
  /// away again must promise nothing. The caller holds the append lock. Errors: kIo, kFull.
  Status ensure_named();
  /// Errors: kIo: it was given up after a failed sync.
  Status check_appendable() const;
  /// Nothing more is appended through it.
  void poison() { poisoned_ = true; }
  /// Keeps the bytes from `end` to `size` in the aside file, then cuts them. The caller holds the
  /// append lock. Errors: kIo, kFull.
  Status cut_tail(std::uint64_t end, std::uint64_t size);
  /// Cuts all records of a log that keeps none of them, without room for anything more: at every
  /// moment it is the log as it was, or the empty one, whose next message is `next`. Afterwards it
  /// can only be opened again. The caller holds the append lock and all views. Errors: kIo.
  Status empty(Sequence next);

  [[nodiscard]] const LogHeader& header() const { return header_; }
  /// What derived uids start with.
  [[nodiscard]] const std::string& uid_prefix() const { return uid_prefix_; }
  [[nodiscard]] disk::File& file() const { return *file_; }
  /// Made anew each time: thousands of idle maildrops need not hold them.
  [[nodiscard]] LogPaths paths() const { return log_paths(environment_.root, header_.account); }
  /// Where the first record is.
  [[nodiscard]] std::uint64_t start() const { return records_start(header_.account); }
  /// True after a failed sync. Callable from any thread.
  [[nodiscard]] bool is_poisoned() const { return poisoned_.load(std::memory_order_relaxed); }

 private:
  LogFile(const Environment& environment, std::unique_ptr<disk::File> file)
      : environment_(environment), file_(std::move(file)) {}

  Status prepare(std::uint64_t end);
  Result<ScannedRecord> written(std::uint64_t end, Result<ScannedRecord> record,
                                RecordHeader header);
  void take_header(LogHeader header);
  Status load_header(const std::string& account);
  Status make_header(const std::string& account);
  Status ensure_header();

  const Environment& environment_;  // Not owned; the store's.
  const std::unique_ptr<disk::File> file_;
  LogHeader header_;  // Of one that is being opened the account alone.
  std::string uid_prefix_;
  // Both guarded by the append lock and by who shares it in the process.
  bool is_named_ = false;
  bool is_header_durable_ = false;  // Known to be, though the log holds no record that proves it.
  std::atomic<bool> poisoned_ = false;
};

}  // namespace restante::maildrop::log
