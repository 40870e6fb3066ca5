// Who has an account, when PAM checks the passwords: PAM itself cannot say.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_set>

#include "accounts/names.h"
#include "accounts/watched_file.h"
#include "base/result.h"

namespace restante::accounts::pam {

/// The system's users (passwd(5), and whatever else nsswitch.conf names) with this user id or a
/// higher one: root and the daemons have no mail. Errors: kIo (they cannot be asked).
Result<bool> is_system_user(const std::string& user, std::uint32_t min_uid);

using UserList = std::unordered_set<std::string>;

/// A file of them.
struct Users {
  UserList names;
  bool is_cut = false;  ///< The last line has no end.

  [[nodiscard]] std::size_t size() const { return names.size(); }
};

/// The canonical names in a file: one a line, up to the first ':'; "#" starts a comment.
/// Errors: kIo; kSyntax, a line FILE:LINE: what for each mistake.
Result<Users> read_users(const std::filesystem::path& path, const NameRules& rules, LastLine last);

}  // namespace restante::accounts::pam
