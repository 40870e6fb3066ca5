// Addresses to listen on: "host:port", "[v6]:port", "unix:/path". Host is an IP address: names
// would make what the server listens on depend on a resolver.
#pragma once

#include <string_view>

#include "base/result.h"
#include "config/config.h"

namespace restante::config {

/// The address with its host in canonical form, so that equal addresses compare equal as text.
/// Port 0 means any free port. Errors: kSyntax; the detail is a sentence for the operator.
Result<Address> parse_address(std::string_view text);

}  // namespace restante::config
