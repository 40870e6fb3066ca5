// Who has an account, when PAM checks the passwords: PAM itself cannot say.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_set>

#include "accounts/names/names.h"
#include "accounts/names/spelling_index.h"
#include "accounts/watched_file.h"
#include "base/result.h"

namespace restante::accounts::pam {

/// The system's users (passwd(5), and the other sources of nsswitch.conf) with this user id or a
/// higher one: root and the daemons have no mail. Errors: kIo (they cannot be asked).
Result<bool> is_system_user(const std::string& user, std::uint32_t min_uid);

struct UserList {
  explicit UserList(const NameRules& rules) : spellings(rules.fold_local_part) {}

  std::unordered_set<std::string> names;
  SpellingIndex spellings;

  /// The name that `name` is another spelling of; empty: none.
  [[nodiscard]] std::string find_alike(std::string_view name) const {
    return spellings.find(name, [this](const std::string& other) { return names.contains(other); });
  }
};

/// A file of them.
struct Users {
  explicit Users(const NameRules& rules) : names(rules) {}

  UserList names;
  bool is_cut = false;  ///< The last line has no end.

  [[nodiscard]] std::size_t size() const { return names.names.size(); }
};

/// The canonical names in a file: one a line, up to the first ':'; "#" starts a comment.
/// Errors: kIo; kSyntax, a line FILE:LINE: what for each mistake.
Result<Users> read_users(const std::filesystem::path& path, const NameRules& rules, LastLine last);

}  // namespace restante::accounts::pam
