#include "restantectl/migrate/folder_accounts.h"

#include "accounts/login/login_name.h"
#include "migrate/formats/folder_rule.h"

namespace restante::ctl {

Result<std::string> FolderAccounts::of(const std::string& owner, const std::string& folder) {
  const std::lock_guard lock(mutex_);
  RESTANTE_TRY(const std::string wanted, migrate::folder_account(owner, folder));
  RESTANTE_TRY(const std::string name, accounts::canonical_name(wanted, office_.names()));
  const auto found = accounts::find_any_spelling(directory_, name);
  if (found && found->name == owner)
    return Error(Errc::kExists, name + " is another name of " + owner);
  if (found) return found->name;
  if (found.error().code != Errc::kNotFound) return found.error();
  if (!options_.make)
    return Error(Errc::kNotFound, "no account " + name + " here: make it, or say --make");
  return options_.dry_run ? Result<std::string>(name) : make(owner, name);
}

Result<std::string> FolderAccounts::make(const std::string& owner, const std::string& name) {
  RESTANTE_TRY(auto* const admin, office_.admin());
  auto secret = admin->secret_of(owner);
  if (!secret)
    return Error(secret.error().code,
                 "no account " + name + " here, and no password of " + owner + " to make it with");
  auto made = admin->add(name, *secret);
  wipe(*secret);
  return made;
}

}  // namespace restante::ctl
