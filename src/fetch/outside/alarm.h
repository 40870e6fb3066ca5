// A message to the archive's owner about what keeps failing, put where all other mail is: into the
// archive's account "restante".
#pragma once

#include <string>

#include "archive/mailbox/files.h"
#include "base/clock.h"
#include "base/result.h"

namespace restante::fetch {

inline constexpr std::string_view kOwnAccount = "restante";

/// The message as received, with CRLF. `text` is lines that end in LF; text that came from servers
/// is made harmless in both. Pure.
std::string alarm_message(std::string_view subject, std::string_view text, WallTime now);

/// Durable in the mailbox when it returns; it is made when there is none. Errors: kBusy (another
/// process has that account), kFull, kIo, kAuth.
Status put_alarm(const archive::Path& archive, std::string_view subject, std::string_view text,
                 WallTime now);

}  // namespace restante::fetch
