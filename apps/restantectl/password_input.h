// Where a new password comes from: a line of stdin when asked for, else a person at a terminal,
// twice and without echo. Never from the command line, which other users can see.
#pragma once

#include <string>

#include "base/result.h"

namespace restante::ctl {

/// True when there is a person to ask.
bool can_ask();

/// The password; the caller wipes it. Errors: kSyntax (nothing on stdin, or both did not agree),
/// kState (no terminal to ask on), kLimit, kIo.
Result<std::string> read_new_password(bool from_stdin, const std::string& account);

}  // namespace restante::ctl
