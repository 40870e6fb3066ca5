// The Directory over a passwd-file ("name:{SCHEME}secret[:…]") and, when set, an aliases file
// ("address: target, target"); other programs write both. Both are kept in memory. Each question
// looks at them first (one stat() each), and the first one after a change is answered from the new
// contents. The thread that finds the change reads the file, and the other ones wait for it. An
// event loop must not wait: is_behind() and find_now() are for it.
//
// Doubt is never "no such account" but kIo: a name that is missing from a file that may still be
// being written (watched_file.h), that has become empty, that is gone or cannot be read. The last
// three leave the old accounts in force.
//
// Weak: each change costs reading the whole file; fit for offices, not for 100,000 lines that
// change every minute.
#pragma once

#include <memory>

#include "accounts/admin.h"
#include "accounts/directory.h"
#include "accounts/passwd_file/settings.h"
#include "base/clock.h"
#include "base/result.h"

namespace restante::accounts::passwd_file {

/// `clock` is not owned and outlives it. Errors: kIo,
/// kSyntax (no line can be served: one line FILE:LINE: what each, in the detail).
Result<std::unique_ptr<Directory>> open_directory(Settings settings, const Clock& clock);

/// Lists; every change is kState: "edit FILE".
Result<std::unique_ptr<AccountAdmin>> open_admin(Settings settings);

}  // namespace restante::accounts::passwd_file
