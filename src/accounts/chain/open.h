// Opens the accounts' back ends by their settings; the one place that knows which there are.
#pragma once

#include <memory>

#include "accounts/admin.h"
#include "accounts/chain/settings.h"
#include "accounts/directory.h"
#include "base/clock.h"

namespace restante::accounts {

/// A database that is not there yet is made, mode 0600. `clock` is not owned and outlives it.
/// Errors: kIo, kCorrupt (not a database of ours, or of a newer version), kSyntax (a passwd-file
/// of which no line can be served: one line FILE:LINE: what each, in the detail).
Result<std::unique_ptr<Directory>> open_directory(const BackendSettings& settings,
                                                  const Clock& clock);
/// The same for the write side: of the first back end that is a database or a file of ours, else
/// one that says that the accounts are managed elsewhere; with what is set for all accounts.
Result<std::unique_ptr<AccountAdmin>> open_admin(const BackendSettings& settings,
                                                 const Clock& clock);

}  // namespace restante::accounts
