// DNS lookups of this server's names.
#pragma once

#include "dial/stop_signal.h"
#include "restantectl/selftest/trial_result.h"
#include "server/settings/config.h"

namespace restante::ctl {

/// hostname leads to an address, and accounts.default_domain has an MX. May take some seconds.
void look_names_up(const settings::Config& config, const net::StopSignal& stop, TrialResults& out);

}  // namespace restante::ctl
