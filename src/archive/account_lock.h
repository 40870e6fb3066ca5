// Who may put messages into an account's mailbox: one process at a time, by an
// open-file-description lock on ARCHIVE/.restante/ACCOUNT.lock. The kernel frees it when the
// process ends, however it ends.
#pragma once

#include <string_view>

#include "archive/files.h"

namespace restante::archive {

/// ARCHIVE/.restante, where the database, the locks and the quarantine are.
Path state_folder(const Path& archive);

class AccountLock {
 public:
  /// Does not wait. Errors: kBusy (another process or object has it), kIo, kAuth, kFull.
  static Result<AccountLock> take(const Path& archive, std::string_view account);

 private:
  explicit AccountLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace restante::archive
