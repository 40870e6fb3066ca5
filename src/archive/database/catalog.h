// What the database knows of the messages in the Maildirs. A row is written when a message is kept
// (in the caller's transaction, with the fetch state), and brought up to date when mail readers
// have renamed or removed files. The index (indexer.h) comes afterwards, and is no part of this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "archive/database/absence.h"
#include "archive/database/database.h"
#include "archive/mailbox/mailbox.h"
#include "base/result.h"

namespace restante::archive {

/// Whether a message only passes through the archive, and may leave it when it was handed on.
enum class Stay : std::uint8_t { kForGood, kInPassing };

/// Used by one thread, with the database that it was made for, which must outlive it.
class Catalog {
 public:
  static Result<Catalog> open(Database& database);

  /// The row of a kept message, made or found: its id. Call inside a transaction: one that keep()
  /// gave back. `copy`: message_key.h. The index comes later. Errors: kBusy, kFull, kIo.
  Result<std::int64_t> note_kept(std::string_view account, const Kept& kept, std::uint32_t copy = 1,
                                 Stay stay = Stay::kForGood);
  /// Whether the archive knows this message of the account, removed ones included.
  Result<bool> knows(std::string_view account, std::string_view sha256, std::uint32_t copy = 1);
  /// Why a message that was kept is not in the mailbox; kNone: it is, or the archive does not know
  /// it. A copy that has no row is what the others of its content are. As of the last
  /// synchronize().
  Result<Absence> absence_of(std::string_view account, std::string_view sha256,
                             std::uint32_t copy = 1);

 private:
  Catalog(Statement insert, Statement find, Statement removed)
      : insert_(std::move(insert)), find_(std::move(find)), removed_(std::move(removed)) {}

  Statement insert_;
  Statement find_;
  Statement removed_;
};

struct Changes {
  std::uint64_t added = 0;
  std::uint64_t changed = 0;  ///< Flags, or the folder.
  std::uint64_t removed = 0;  ///< Their files are gone, by no command of ours.
};

/// Makes the rows of the mailbox's account what the Maildir says: new files, foreign ones too (they
/// are read, for their checksum), flags, removals. In a transaction of its own. Cheap when nothing
/// in the Maildir has changed since the last time. Errors: kBusy, kFull, kIo.
Result<Changes> synchronize(Database& database, Mailbox& mailbox);

/// Whether all rows are what the Maildirs say, and all messages are indexed: nothing would be
/// written. Errors: kBusy, kIo.
Result<bool> is_up_to_date(Database& database, const Path& archive);

/// synchronize() for all accounts of the archive that have a folder. A mailbox of any size in which
/// nothing has changed costs two stat(2). An account whose folder is gone as a whole keeps its
/// rows: it may be on a disk that is not there today.
Result<Changes> synchronize_all(Database& database, const Path& archive,
                                const Clock& clock = system_clock());

}  // namespace restante::archive
