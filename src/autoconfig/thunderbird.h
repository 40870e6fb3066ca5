// Thunderbird's config-v1.1.xml (clientConfig, version 1.1): written for a domain, and read by a
// client. Login names stand in it as variables, so it says the same for each name of a domain.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "autoconfig/offer.h"
#include "base/result.h"

namespace restante::autoconfig {

std::string thunderbird_config(const Offer& offer);

/// A POP3 server that a configuration names, with the login name of the address.
struct FoundServer {
  MailServer server;
  std::string user;  ///< Empty: it names none.

  bool operator==(const FoundServer&) const = default;
};

/// The POP3 servers with TLS, in their order; others are left out. Variables in them are those of
/// `address`. Errors: kSyntax (no configuration, or one for other domains), kLimit.
Result<std::vector<FoundServer>> read_thunderbird_config(std::string_view document,
                                                         const std::string& address);

}  // namespace restante::autoconfig
