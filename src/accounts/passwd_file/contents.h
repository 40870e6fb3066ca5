// A passwd-file and its aliases file, read into memory: immutable once made.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "accounts/directory.h"
#include "accounts/names.h"
#include "accounts/spelling_index.h"

namespace restante::accounts::passwd_file {

struct Contents {
  explicit Contents(const NameRules& rules) : spellings(rules.fold_local_part) {}

  std::unordered_map<std::string, Account> accounts;
  std::unordered_map<std::string, std::vector<std::string>> aliases;
  std::set<std::string, std::less<>> domains;  ///< Of all of them, by their A-labels.
  SpellingIndex spellings;                     ///< Of accounts and aliases.

  /// The account that `name` is, or else is another spelling of. Null: none.
  [[nodiscard]] const Account* find(const std::string& name) const;
  [[nodiscard]] const Account* find_alike(std::string_view name) const;
};

/// Reads both files; `aliases` may be empty. Errors: kIo; kSyntax with every mistake of both files,
/// a line "FILE:LINE: what" each.
Result<Contents> read_contents(const std::filesystem::path& accounts,
                               const std::filesystem::path& aliases, const NameRules& rules);

/// What tells that a file is another one than before.
struct Stamp {
  std::int64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const Stamp&) const = default;
};

/// All zero when there is no such file, or `path` is empty.
Stamp stamp_of(const std::filesystem::path& path);

}  // namespace restante::accounts::passwd_file
