// Where an account is, in the words of a command line and of a list.
#pragma once

#include <memory>
#include <string>

#include "accounts/route.h"
#include "base/result.h"
#include "server/settings/config.h"

namespace restante::ctl {

/// From what was typed: "here"; or a server of a [[route]] of the configuration, with the server
/// that takes its mail (empty: as that [[route]] says; "here": mail is kept on this server).
/// Errors: kSyntax; kNotFound (not a server of the configuration, which the server could not
/// connect to).
Result<std::shared_ptr<const accounts::Route>> route_of(const settings::Config& config,
                                                        const std::string& place,
                                                        const std::string& lmtp);

/// "here", "pop3s://old.example:995, mail by old.example:24", or, for an account without a route of
/// its own (null), what its domain's is, in brackets, or "-".
std::string route_text(const settings::Config& config, const accounts::Route* route,
                       const std::string& account);

}  // namespace restante::ctl
