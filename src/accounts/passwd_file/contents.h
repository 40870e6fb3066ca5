// A passwd-file and an aliases file, read into memory: immutable once made. A line that cannot be
// served is told, and costs nobody but its own account.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "accounts/directory.h"
#include "accounts/names.h"
#include "accounts/watched_file.h"

namespace restante::accounts::passwd_file {

using Domains = std::set<std::string, std::less<>>;

struct Accounts {
  std::unordered_map<std::string, Account> accounts;
  Domains domains;
  std::size_t usable = 0;             ///< Those without a fault.
  std::vector<std::string> mistakes;  ///< "FILE:LINE: what", in order.
  bool is_cut = false;                ///< The last line has no end.

  [[nodiscard]] std::size_t size() const { return accounts.size(); }
};

struct Aliases {
  std::unordered_map<std::string, std::vector<std::string>> aliases;
  Domains domains;
  std::vector<std::string> mistakes;
  bool is_cut = false;

  [[nodiscard]] std::size_t size() const { return aliases.size(); }
};

/// An account whose line has a mistake is there, gets mail, and has Account::fault. Errors: kIo;
/// kSyntax: there are lines, and none can be served, in the detail all of the mistakes.
Result<Accounts> read_accounts(const std::filesystem::path& path, const NameRules& rules,
                               LastLine last);

/// An empty `path` is no aliases. `accounts` have their names first. Errors: as above.
Result<Aliases> read_aliases(const std::filesystem::path& path, const NameRules& rules,
                             LastLine last, const Accounts& accounts);

}  // namespace restante::accounts::passwd_file
