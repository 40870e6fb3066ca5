// One question to PAM: is this the password, and may this user in? The only file with libpam in it.
//
// Blocks for as long as the modules of the service take; that has no bound of its own.
#pragma once

#include <string>
#include <string_view>

#include "accounts/pam/settings.h"
#include "base/result.h"

namespace restante::accounts::pam {

/// pam_authenticate and pam_acct_mgmt. The password is given to the first prompt that does not
/// echo; all other prompts of a module fail. `peer` becomes PAM_RHOST. Errors: kAuth (wrong,
/// unknown, expired, not permitted: what PAM says is in the detail); kIo (PAM or its source cannot
/// say).
Status authenticate(const Settings& settings, const std::string& user, std::string_view password,
                    std::string_view peer);

}  // namespace restante::accounts::pam
