// A passwd-file and an aliases file, read into memory: immutable once made. A faulty line is
// reported, and shuts out its own account alone.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "accounts/directory.h"
#include "accounts/names/names.h"
#include "accounts/names/spelling_index.h"
#include "accounts/watched_file.h"

namespace restante::accounts::passwd_file {

using Domains = std::set<std::string, std::less<>>;  ///< By their A-labels.

struct Accounts {
  explicit Accounts(const NameRules& rules) : spellings(rules.fold_local_part) {}
  std::unordered_map<std::string, Account> accounts;
  SpellingIndex spellings;
  Domains domains;
  std::size_t usable = 0;             ///< Those without a fault.
  std::vector<std::string> mistakes;  ///< "FILE:LINE: what", in order.
  bool is_cut = false;                ///< The last line has no end.

  [[nodiscard]] std::size_t size() const { return accounts.size(); }
  [[nodiscard]] const Account* find(const std::string& name) const;
  /// The account that `name` is another spelling of. Null: none.
  [[nodiscard]] const Account* find_alike(std::string_view name) const;
};

struct Aliases {
  explicit Aliases(const NameRules& rules) : spellings(rules.fold_local_part) {}

  std::unordered_map<std::string, std::vector<std::string>> aliases;
  SpellingIndex spellings;
  Domains domains;
  std::vector<std::string> mistakes;
  bool is_cut = false;

  [[nodiscard]] std::size_t size() const { return aliases.size(); }
  /// What the address that `name` is another spelling of leads to. Null: there is none.
  [[nodiscard]] const std::vector<std::string>* find_alike(std::string_view name) const;
};

/// An account whose line has a mistake is there, gets mail, and has Account::fault. Errors: kIo;
/// kSyntax: there are lines, and none can be served, in the detail all of the mistakes.
Result<Accounts> read_accounts(const std::filesystem::path& path, const NameRules& rules,
                               LastLine last);

/// An empty `path` is no aliases. `accounts` have their names first. Errors: as above.
Result<Aliases> read_aliases(const std::filesystem::path& path, const NameRules& rules,
                             LastLine last, const Accounts& accounts);

}  // namespace restante::accounts::passwd_file
