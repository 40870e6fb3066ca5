// Accounts whose passwords PAM checks: the system's users, or those of a list. Slow.
//
// One question at a time in one process: libpam itself could do more, but its modules come from
// many authors. A module that keeps a hash in a static buffer would let one user in with another's
// password. A server has processes for that (processes.h).
#pragma once

#include <memory>

#include "accounts/directory.h"
#include "accounts/pam/settings.h"

namespace restante::accounts::pam {

/// Errors: kIo (there is no such service, or the list cannot be read), kSyntax (mistakes in the
/// list: a line FILE:LINE: what each).
Result<std::unique_ptr<Directory>> open_directory(Settings settings);

}  // namespace restante::accounts::pam
