// What holds of an account: its back end's word, and over it what the operator has set. Pure.
//
// A quota, a retention or networks of ours replace the back end's. An account is kept out when
// either of the two keeps it out: a setting here never lets in a user whom the back end bars.
#pragma once

#include "accounts/account_settings.h"
#include "accounts/directory.h"

namespace restante::accounts::own {

/// `settings` may be null: nothing is set. The account may have other settings over it already;
/// they go.
void lay_over(const AccountSettings* settings, Account& account);

/// What an account, an entry of a list, settings and a back end's word have in common. The route is
/// not among it: a back end has none.
template <typename Source, typename Target>
void copy_values(const Source& source, Target& target) {
  target.enabled = source.enabled;
  target.no_login = source.no_login;
  target.networks = source.networks;
  target.fault = source.fault;
  target.allowance = source.allowance;
}

/// What its back end says of the account by itself.
BackEndValues back_end_values(const Account& account);

}  // namespace restante::accounts::own
