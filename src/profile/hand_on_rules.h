// What the keys of [[account.hand_on]] mean together, with those of the account that sort its mail
// to them.
#pragma once

#include "config/document.h"
#include "config/mistakes.h"
#include "profile/profile.h"

namespace restante::profile {

/// `tables` is where the targets of the account are written, `line` where the account begins.
/// Reads no file.
void check_hand_ons(const config::Node& tables, const Account& account,
                    const std::vector<Issuer>& issuers, config::Mistakes& mistakes);
/// Also without any target.
void check_sorting(const Account& account, config::Mistakes& mistakes);

}  // namespace restante::profile
