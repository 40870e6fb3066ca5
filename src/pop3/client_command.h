// A client's commands as lines. Nothing that a user or a server has given us can end a line and
// begin another command: what holds a CR, an LF or a NUL is refused, not cleaned.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/secret_string.h"

namespace restante::pop3 {

/// Errors: kSyntax (a CR, an LF or a NUL; the detail says in what, and never shows it).
Status check_argument(std::string_view what, std::string_view argument);

/// "VERB argument" and CRLF; without the blank when the argument is empty. Errors: as
/// check_argument().
Result<SecretString> format_command(std::string_view verb, std::string_view argument);

}  // namespace restante::pop3
