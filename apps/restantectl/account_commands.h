// restantectl account …: each command does one thing and tells its own failures.
#pragma once

#include <string>
#include <vector>

#include "restantectl/office.h"

namespace restante::ctl {

struct AccountOptions {
  std::string name;
  bool password_stdin = false;
  std::string scheme;                 ///< Of a new secret; empty: auth.password_scheme.
  std::string file;                   ///< import
  bool skip_refused = false;          ///< import
  bool update = false;                ///< import
  bool login_only = false;            ///< disable
  std::string from;                   ///< test: the client's address.
  std::vector<std::string> networks;  ///< networks
  bool any = false;                   ///< networks: from everywhere.
};

Exit account_add(Office& office, const AccountOptions& options);
Exit account_list(Office& office);
Exit account_show(Office& office, const AccountOptions& options);
Exit account_passwd(Office& office, const AccountOptions& options);
/// The maildrop stays; what is in it is said.
Exit account_remove(Office& office, const AccountOptions& options);
Exit account_set_enabled(Office& office, const AccountOptions& options, bool enabled);

/// From where it may log in.
Exit account_networks(Office& office, const AccountOptions& options);

/// passwd-file or shadow(5) lines; "-" is stdin. All of them or none, or all but those that cannot
/// be taken over; every one of these is told, as FILE:LINE: what.
Exit account_import(Office& office, const AccountOptions& options);

}  // namespace restante::ctl
