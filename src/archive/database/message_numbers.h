// The numbers of messages, as lists show them, in a file beside the database:
// ARCHIVE/.restante/numbers, a line "NUMBER SHA256 COPY ACCOUNT" each, only ever made longer.
// People and scripts write numbers down: they outlive a database that is lost. A line that was cut
// by a crash is left out by readers, and the next line begins behind it.
#pragma once

#include <cstdint>

#include "archive/database/database.h"
#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

Path numbers_file(const Path& archive);

/// Adds the messages that the file does not have yet; costs next to nothing when there is none.
/// Durable: one sync for all. Errors: kFull, kIo, kAuth, kBusy.
Status keep_numbers(Database& database, const Path& archive);

/// Adds an account's messages once more, under the name that it has now. Durable. Errors: as
/// keep_numbers().
Status keep_numbers_of(Database& database, const Path& archive, std::string_view account);

/// Gives messages the numbers that the file has for them, where no other message has it by now, and
/// sees to it that no number of the file is given to a message that is new. For a database that is
/// being made: before its messages are indexed. reserve_numbers() comes ahead of the look at the
/// Maildirs, restore_numbers() after it.
Status reserve_numbers(Database& database, const Path& archive);
Status restore_numbers(Database& database, const Path& archive);

}  // namespace restante::archive
