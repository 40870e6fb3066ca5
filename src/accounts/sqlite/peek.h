// A look into accounts.db from outside, for checks before a start: nothing is made, upgraded or
// written, so that root may look at another user's database.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace restante::accounts::sqlite {

/// Whether there is an account or alias of this canonical address. A database that is not there has
/// none. Errors: kIo, kBusy, kCorrupt.
Result<bool> has_address(const std::filesystem::path& path, std::string_view address);

}  // namespace restante::accounts::sqlite
