// The file that says of an archive that a restore was begun there: it is no archive until the
// restore has ended and has removed it.
#pragma once

#include <filesystem>
#include <system_error>

#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/files.h"

namespace restante::archive {

inline Path restore_mark(const Path& archive) { return state_folder(archive) / "restoring"; }

/// Whether a restore was begun there and not ended.
inline bool is_half_restored(const Path& archive) {
  std::error_code ignored;
  return std::filesystem::exists(restore_mark(archive), ignored);
}

}  // namespace restante::archive
