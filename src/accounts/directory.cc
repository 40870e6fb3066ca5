#include "accounts/directory.h"

#include "accounts/password.h"

namespace restante::accounts {

Status Directory::check_password(const Account& account, std::string_view password,
                                 std::string_view /*peer*/) {
  return verify_password(account.secret, password);
}

}  // namespace restante::accounts
