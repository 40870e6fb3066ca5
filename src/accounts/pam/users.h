// Who has an account, when PAM checks the passwords: PAM itself cannot say.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_set>

#include "accounts/names.h"
#include "base/result.h"

namespace restante::accounts::pam {

/// The system's users (passwd(5), and whatever else nsswitch.conf names) with this user id or a
/// higher one: root and the daemons have no mail. Errors: kIo (they cannot be asked).
Result<bool> is_system_user(const std::string& user, std::uint32_t min_uid);

using UserList = std::unordered_set<std::string>;

/// The canonical names in a file: one a line, up to the first ':'; "#" starts a comment.
/// Errors: kIo; kSyntax, a line FILE:LINE: what for each mistake.
Result<UserList> read_users(const std::filesystem::path& path, const NameRules& rules);

}  // namespace restante::accounts::pam
