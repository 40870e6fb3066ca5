// Copies of one message that came to several accounts: the same Message-ID, sender, subject and
// body (essence.h), or the same octets. Lists show them as one row. Two of one account stay two:
// they were sent, or kept, twice.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/database/database.h"
#include "archive/database/id_set.h"
#include "archive/mailbox/files.h"
#include "archive/message/mime_message.h"
#include "base/result.h"

namespace restante::archive {

/// A number that copies of one message share, and others do not. Reads the message's file.
std::int64_t sameness_of(const Path& file, const std::string& sha256, const Headers& headers);

/// A message and its copies in the archive, itself included.
struct Copy {
  std::int64_t id = 0;
  std::string account;
};

/// Marks the messages of a sameness when several accounts have them. Inside the caller's
/// transaction.
class SameMessages {
 public:
  static Result<SameMessages> open(Database& database);
  /// A row of this account has just got it. Errors: kBusy, kFull, kIo.
  Status note(const std::string& account, std::int64_t sameness);

 private:
  Statement find_;
  Statement mark_;
};

/// Takes out of the set all copies but one each: that with the lowest number stays, and what else
/// its account has. Errors: kIo, kBusy, kCorrupt.
Status keep_one_of_each(Database& database, IdSet& ids);

/// Whether one of the set has a copy outside `among`, so that keep_one_of_each() might keep that
/// one when it sees all. Errors: as above.
Result<bool> has_copies_outside(Database& database, const IdSet& ids, const IdSet& among);

/// Of message `id`, it first, then by number; removed ones are not in it, unless it is itself.
/// Errors: as above.
Result<std::vector<Copy>> copies_of(Database& database, std::int64_t id,
                                    const std::string& account);

}  // namespace restante::archive
