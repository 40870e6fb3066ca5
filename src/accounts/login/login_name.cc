#include "accounts/login/login_name.h"

#include <algorithm>

#include "accounts/names/spelling.h"
#include "base/ascii.h"
#include "sasl/prepare.h"

namespace restante::accounts {

std::vector<std::string> login_names(std::string_view name, const NameRules& rules) {
  std::vector<std::string> out;
  // As typed first: a name in a table counts as it is written there.
  if (auto raw = canonical_name(name, rules)) out.push_back(*std::move(raw));
  // Prepared it would be the same.
  if (std::all_of(name.begin(), name.end(), is_ascii)) return out;
  const auto prepared = sasl::prepare(name);
  if (!prepared || *prepared == name) return out;
  if (auto other = canonical_name(*prepared, rules);
      other && (out.empty() || *other != out.front()))
    out.push_back(*std::move(other));
  return out;
}

Result<Account> find_login(Directory& directory, std::string_view name, const NameRules& rules) {
  return find_login(directory, login_names(name, rules));
}

Result<Account> find_login(Directory& directory, const std::vector<std::string>& names) {
  Error missing(Errc::kNotFound, "no such account");
  for (const std::string& name : names) {
    auto account = directory.find(name);
    if (account || account.error().code != Errc::kNotFound) return account;
    // The first name's reason is about what the user typed.
    if (name == names.front() && !account.error().detail.empty()) missing = account.error();
  }
  // The prepared name has the key of most others. A slow back end is asked for it alone.
  const std::size_t last_only = directory.is_slow() && !names.empty() ? names.size() - 1 : 0;
  for (std::size_t i = last_only; i < names.size(); ++i) {
    auto account = directory.find_alike(names[i]);
    if (account || account.error().code != Errc::kNotFound) return account;
  }
  return missing;
}

std::optional<Result<Account>> find_login_now(Directory& directory,
                                              const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    auto account = directory.find_now(name);
    // One that cannot answer at once ends the look: the next could only guess.
    if (!account || *account || account->error().code != Errc::kNotFound) return account;
  }
  for (const std::string& name : names) {
    auto account = directory.find_alike_now(name);
    if (!account || *account || account->error().code != Errc::kNotFound) return account;
  }
  return Error(Errc::kNotFound, "no such account");
}

Result<Account> find_any_spelling(Directory& directory, std::string_view name) {
  auto exact = directory.find(name);
  if (exact || exact.error().code != Errc::kNotFound) return exact;
  return directory.find_alike(name);
}

Result<std::vector<std::string>> find_alias_any_spelling(Directory& directory,
                                                         std::string_view address) {
  auto exact = directory.find_alias(address);
  if (exact || exact.error().code != Errc::kNotFound) return exact;
  return directory.find_alias_alike(address);
}

std::string login_key(std::string_view name, const NameRules& rules) {
  if (std::all_of(name.begin(), name.end(), is_ascii)) {
    auto canonical = canonical_name(name, rules);
    // No account has it, but its guesses are counted all the same.
    return canonical ? *std::move(canonical) : to_lower(name);  // Its own key.
  }
  const std::vector<std::string> names = login_names(name, rules);
  return names.empty() ? to_lower(name) : spelling_key(names.back(), rules.fold_local_part);
}

bool is_same_login(std::string_view a, std::string_view b, const NameRules& rules) {
  // Both in all their forms: two spellings may meet in one that neither was typed in.
  const auto keys = [&rules](std::string_view name) {
    std::vector<std::string> all = login_names(name, rules);
    for (std::string& one : all) one = spelling_key(one, rules.fold_local_part);
    return all;
  };
  const std::vector<std::string> of_a = keys(a);
  const std::vector<std::string> of_b = keys(b);
  return std::find_first_of(of_a.begin(), of_a.end(), of_b.begin(), of_b.end()) != of_a.end();
}

}  // namespace restante::accounts
