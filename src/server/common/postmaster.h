// Whether mail to postmaster reaches an account, as RFC 5321 s.4.5.1 asks of a server that takes
// mail from the world. A failure is reported, and is no error: a configuration that started before
// still starts.
#pragma once

#include <string>
#include <vector>

#include "accounts/router.h"
#include "server/settings/config.h"

namespace restante::server {

/// The domains in which "postmaster" alone is looked for: accounts.default_domain, or else the
/// host's name and the domains above it.
std::vector<std::string> postmaster_domains(const settings::Config& config);

/// "key: sentence", or empty: there is one, or no smtp listener, or the accounts cannot be asked
/// now. May wait as long as the router's directory.
std::string postmaster_warning(const settings::Config& config, const accounts::Router& router);

/// The same before a start, for --check-config: nothing is made, and no other machine is asked.
std::string postmaster_warning(const settings::Config& config);

}  // namespace restante::server
