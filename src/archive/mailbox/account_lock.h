// The right to put messages into an account's mailbox, and that to index: of one process at a time,
// by an open-file-description lock on a file in ARCHIVE/.restante. The kernel frees it when the
// process ends, however it ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/mailbox/files.h"

namespace restante::archive {

/// ARCHIVE/.restante, where the database, the locks and the quarantine are.
Path state_folder(const Path& archive);

class AccountLock {
 public:
  /// Does not wait. Errors: kBusy (another process or object has it), kIo, kAuth, kFull.
  static Result<AccountLock> take(const Path& archive, std::string_view account);
  /// Those of every account that has a mailbox in the archive. Errors: the same.
  static Result<std::vector<AccountLock>> take_all(const Path& archive);

 private:
  explicit AccountLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

/// What to do while another process is at it.
enum class WhenBusy : std::uint8_t { kWait, kLeave };

/// Held while the index is filled: two who did so at once would index the same messages twice.
class IndexLock {
 public:
  /// Errors: kBusy (WhenBusy::kLeave), kIo, kAuth, kFull.
  static Result<IndexLock> take(const Path& archive, WhenBusy busy);

 private:
  explicit IndexLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

/// Held while a database's file is made or opened for writing, and while another one takes its
/// place: SQLite itself says "busy" at once while another turns on WAL.
class MakingLock {
 public:
  /// Errors: kBusy (`patience` is over), kIo, kAuth, kFull.
  static Result<MakingLock> take(const Path& database, std::chrono::milliseconds patience);

 private:
  explicit MakingLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace restante::archive
