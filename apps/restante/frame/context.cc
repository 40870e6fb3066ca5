#include "restante/frame/context.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/nearest.h"

namespace restante::cli {
namespace {

Error unknown(const std::string& name, const profile::Profile& profile) {
  std::vector<std::string> names;
  std::string list;
  for (const auto& account : profile.accounts) {
    names.push_back(account.name);
    list += (list.empty() ? "" : ", ") + account.name;
  }
  if (names.empty())
    return Error(
        Errc::kNotFound,
        fmt::format("there is no account \"{}\": {} has none; restante account add makes one", name,
                    profile.file.string()));
  const std::string meant = config::nearest(name, names);
  return Error(Errc::kNotFound, fmt::format("there is no account \"{}\"{}; there are: {}", name,
                                            meant.empty() ? "" : " (" + meant + "?)", list));
}

}  // namespace

Result<std::vector<const profile::Account*>> Context::accounts(
    const std::vector<std::string>& names) const {
  std::vector<const profile::Account*> found;
  for (const std::string& name : names) {
    const profile::Account* const account = find_account(profile_, name);
    if (account == nullptr) return unknown(name, profile_);
    if (std::find(found.begin(), found.end(), account) == found.end()) found.push_back(account);
  }
  if (names.empty())
    for (const auto& account : profile_.accounts)
      if (account.enabled) found.push_back(&account);
  return found;
}

}  // namespace restante::cli
