// The length of an mbox before a message is appended, and its length afterwards: written down,
// durably, before the first octet, so that a crash in the middle leaves no half of a message for
// ever.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string_view>

#include "archive/database/database.h"

namespace restante::fetch {

// No reader needs the date of a separator; a fixed one keeps the file reproducible.
inline constexpr std::string_view kMboxSeparator = "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n";

struct MboxMark {
  off_t before = 0;
  off_t after = 0;
};

/// The mark of the last append to this file; nullopt: there is none. Errors: kBusy, kIo, kCorrupt.
Result<std::optional<MboxMark>> read_mbox_mark(archive::Database& database, std::string_view path);
/// Durable. {0, 0}: nothing is being appended. Errors: kBusy, kFull, kIo.
Status write_mbox_mark(archive::Database& database, std::string_view path, const MboxMark& mark);

/// Whether the file of this size ends in half a message of ours that begins where the mark says.
/// Where anybody else may have written into it since, it does not.
bool is_half_written(int file, const MboxMark& mark, off_t size);

}  // namespace restante::fetch
