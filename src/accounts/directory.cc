#include "accounts/directory.h"

#include "accounts/passwords/password.h"

namespace restante::accounts {

Status admit(const Account& account, std::string_view peer) {
  if (!account.enabled) return Error(Errc::kAuth, "account is disabled: " + account.name);
  if (account.no_login) return Error(Errc::kAuth, "nologin: " + account.name);
  if (!account.fault.empty())
    // kIo, not kAuth: the fault is the operator's, and must not look like a wrong password.
    return Error(Errc::kIo, "account " + account.name + ": " + account.fault);
  if (!account.allows(peer))
    // Last: an account that is barred is told as such, from every address.
    return Error(Errc::kAuth, "allow_nets: " + account.name + " may not log in from this address");
  return ok();
}

Status Directory::check_password(const Account& account, std::string_view password,
                                 std::string_view /*peer*/) {
  return verify_password(account.secret, password);
}

}  // namespace restante::accounts
