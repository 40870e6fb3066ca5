// autoconfig's pages on an http listener: from the settings to the site, and from a request to an
// answer, with its line in the log.
#pragma once

#include <memory>
#include <optional>

#include "autoconfig/site.h"
#include "server/common/session_context.h"

namespace restante::server {

/// Null: no domain is configured. Reads the key of profiles. Errors: those of sign_profile().
Result<std::shared_ptr<const autoconfig::Site>> make_site(const autoconfig::Settings& settings);

/// nullopt: this listener has other pages, and may know this one.
std::optional<autoconfig::Answer> autoconfig_page(const autoconfig::Request& request,
                                                  const SessionContext& context);

}  // namespace restante::server
