// What the operator of this server has set for an account. It holds for the accounts of every back
// end. Values only. Settings belong to the name by which the account's maildrop is called
// (Account::name), so that they stay with it through a renaming and a change of back ends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "accounts/allowance.h"
#include "accounts/networks.h"
#include "accounts/passwords/device_password.h"
#include "accounts/route.h"

namespace restante::accounts {

struct AccountSettings {
  bool enabled = true;    ///< False: no login, and no new mail. True: as its back end says.
  bool no_login = false;  ///< True: gets mail, but cannot log in. False: as its back end says.
  std::shared_ptr<const Networks> networks{};  ///< Null: as its back end says.
  std::string fault{};                   ///< Not empty: the stored networks cannot be read, and
                                         ///< every login fails.
  Allowance allowance{};                 ///< What is absent is as its back end says.
  std::shared_ptr<const Route> route{};  ///< Null: its mail is here.
  bool is_operator = false;       ///< Its password opens the status page. No back end says so.
  std::vector<Device> devices{};  ///< Each with a password of its own; sorted by label.
};

}  // namespace restante::accounts
