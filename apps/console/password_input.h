// Where a password comes from: a line of stdin when asked for, else a person at a terminal,
// without echo; a new one twice. Never from the command line, which other users can see.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"

namespace restante::console {

/// True when there is a person to ask.
bool can_ask();

/// Asked once, on /dev/tty, after `prompt`; the caller wipes it. `patience`: how long the first
/// line may take. Errors: kState (no terminal to ask on), kSyntax (the person gave none), kTimeout
/// (no answer came), kLimit, kIo.
Result<std::string> ask_password(const std::string& prompt,
                                 std::chrono::seconds patience = std::chrono::seconds::max());

/// A new password; the caller wipes it. Errors: kSyntax (nothing on stdin, or both did not agree),
/// kState (no terminal to ask on), kLimit, kIo.
Result<std::string> read_new_password(bool from_stdin, const std::string& account);

}  // namespace restante::console
