// The Directory over a passwd-file ("name:{SCHEME}secret[:…]") and, when set, an aliases file
// ("address: target, target"); somebody else writes both. Both are kept in memory and read again
// when their time, size or inode has changed, looked at once a second at most. A file that has
// become unreadable or wrong changes nothing: the old state stays and the mistakes are reported.
//
// Weak: the thread that notices a change reads the file; fit for offices, not for 100,000 lines.
#pragma once

#include <memory>

#include "accounts/open.h"

namespace restante::accounts::passwd_file {

/// `settings.path` and `.aliases` are used. `clock` is not owned and outlives it. Errors: kIo,
/// kSyntax (one line FILE:LINE: what each, in the detail).
Result<std::unique_ptr<Directory>> open_directory(const BackendSettings& settings,
                                                  const Clock& clock);

/// Lists; every change is kState: "edit FILE".
Result<std::unique_ptr<AccountAdmin>> open_admin(const BackendSettings& settings);

}  // namespace restante::accounts::passwd_file
