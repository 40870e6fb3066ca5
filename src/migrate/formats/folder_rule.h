// Which account gets the mail of another folder of an old mailbox, by a rule that is told to the
// operator. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::migrate {

inline constexpr std::string_view kFolderRule =
    "the folder .Archive of alice@example.com is alice+archive@example.com; what is no letter, "
    "digit, -, _ or . becomes _";

/// Errors: kSyntax: nothing of its name is left; kLimit: it would be too long.
Result<std::string> folder_account(std::string_view account, std::string_view folder);

}  // namespace restante::migrate
