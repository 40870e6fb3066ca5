// restantectl account test: asks for a name as the server would, through all back ends in order,
// and says which has it, what it says, and how long that took.
#pragma once

#include "restantectl/account_commands.h"
#include "restantectl/office.h"

namespace restante::ctl {

/// kOk when there is such an account or alias, and the password, if one is asked for, is right;
/// kNoUser; kPermission (wrong password, or disabled); kTemporary (a back end is down).
Exit account_test(Office& office, const AccountOptions& options);

}  // namespace restante::ctl
