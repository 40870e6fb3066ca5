// Why a message that the archive knows is not in its Maildir. Deleted here: a command of this
// program has deleted it, by its owner's will. Gone: its file is no longer there, for a reason
// unknown here: another program, a disk's repair, a mistake. A gone message is told until it is
// back or its owner says that he knows, and no deletion on a server follows from it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/database/database.h"
#include "base/result.h"

namespace restante::archive {

/// messages.removed. Each value but kNone ends when the message's file is there again.
enum class Absence : std::uint8_t {
  kNone = 0,
  kDeleted = 1,   ///< Deleted here, or its owner has said that it is.
  kGone = 2,      ///< Its file is gone.
  kAccepted = 3,  ///< The same, and its owner knows; it is no longer told.
};

/// A message whose file is gone.
struct Gone {
  std::int64_t id = 0;
  std::string account;
  std::string sha256;
  std::string subject;
};

/// How many are gone, as of the last synchronize(); of one account, or of all when it is empty.
/// Errors: kIo, kBusy.
Result<std::uint64_t> count_gone(Database& database, std::string_view account = {});

/// Of these accounts, by number. Errors: as count_gone().
Result<std::vector<Gone>> all_gone(Database& database, const std::vector<std::string>& accounts);

/// Notes that the owner knows of the gone messages of these accounts: as kAccepted, or as kDeleted,
/// so that an account whose deletions are passed on to its server passes them on. Durable; the
/// number of messages. Errors: kIo, kBusy, kFull.
Result<std::uint64_t> accept_gone(Database& database, const std::vector<std::string>& accounts,
                                  Absence as);

}  // namespace restante::archive
