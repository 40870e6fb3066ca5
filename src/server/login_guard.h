// A login as the limits want it: refused unheard where too many were wrong, its answer held back
// where it is wrong itself. Holding back takes a timer and no thread.
#pragma once

#include <string>

#include "server/login.h"

namespace restante::server {

/// log_in(), guarded. A failure is logged and counted. `context` outlives the coroutine.
net::Task<LoginOutcome> guarded_log_in(SessionContext& context, pop3::Credentials credentials,
                                       accounts::ScramAnswer scram);

/// scram_keys(); a failure is logged and counted, and comes as nullopt.
net::Task<std::optional<accounts::ScramAnswer>> guarded_scram_keys(SessionContext& context,
                                                                   pop3::FetchKeys wanted);

}  // namespace restante::server
