// An account of the archive gets another name, or leaves: its Maildir, its quarantine and its rows
// in every table that has a column "account". Under the account's lock.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

struct Renaming {
  std::string from;
  std::string to;
};

/// One that was broken off; nothing: there is none. Errors: kIo, kAuth, kCorrupt.
Result<std::optional<Renaming>> pending_renaming(const Path& archive);

/// Carries all that the archive has of an account over to its new name, durably; an account that it
/// has nothing of is fine. Broken off anywhere, it stays pending, the archive's accounts are
/// locked, and the same call brings it to its end; so it does until end_renaming(). Errors: kExists
/// (the archive has something under the new name), kBusy (one of them is being fetched), kState
/// (another renaming is pending), kIo, kFull, kAuth.
Status rename_account(const Path& archive, const Renaming& renaming);
/// When everything else has the new name, too.
Status end_renaming(const Path& archive);

/// The archive forgets the account, mail included: it is as if it had never been. Done again, it
/// goes on where it was broken off. The result: how many messages there were. Errors: kBusy, kIo,
/// kFull, kAuth.
Result<std::uint64_t> erase_account(const Path& archive, std::string_view account);

/// What waits to be handed on. 0 where the archive has no database, or an older one.
Result<std::uint64_t> count_waiting(const Path& archive, std::string_view account);

}  // namespace restante::archive
