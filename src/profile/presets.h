// Issuers of tokens whose addresses everybody would have to look up: "google",
// "gmail", "microsoft".
#pragma once

#include "profile/profile.h"

namespace restante::profile {

/// Fills in what an issuer of a known name leaves out; false when the name is not known. A client
/// id is never filled in: each user of an issuer registers with it.
bool apply_preset(Issuer& issuer);

}  // namespace restante::profile
