#include "accounts/login_name.h"

#include <algorithm>

#include "base/ascii.h"
#include "sasl/prepare.h"

namespace restante::accounts {

std::vector<std::string> login_names(std::string_view name, const NameRules& rules) {
  std::vector<std::string> out;
  if (auto raw = canonical_name(name, rules)) out.push_back(*std::move(raw));
  if (std::all_of(name.begin(), name.end(), is_ascii)) return out;
  const auto prepared = sasl::prepare(name);
  if (!prepared || *prepared == name) return out;
  if (auto other = canonical_name(*prepared, rules);
      other && (out.empty() || *other != out.front()))
    out.push_back(*std::move(other));
  return out;
}

Result<Account> find_login(Directory& directory, std::string_view name, const NameRules& rules) {
  for (const std::string& canonical : login_names(name, rules)) {
    auto account = directory.find(canonical);
    if (account || account.error().code != Errc::kNotFound) return account;
  }
  return Error(Errc::kNotFound, "no such account");
}

}  // namespace restante::accounts
