// Apple's configuration profile (.mobileconfig) with a Mail payload, not signed yet. It has no
// address, login name or password: the device asks for them when it is installed. So it is one
// document for each domain, and the same one each time. Pure.
#pragma once

#include <string>

#include "autoconfig/offer.h"

namespace restante::autoconfig {

/// Empty: a profile cannot be made, since Apple's needs a server for each direction.
std::string apple_profile(const Offer& offer);

}  // namespace restante::autoconfig
