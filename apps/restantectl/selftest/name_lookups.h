// What DNS says of this server's names.
#pragma once

#include "config/config.h"
#include "dial/stop_signal.h"
#include "restantectl/selftest/finding.h"

namespace restante::ctl {

/// hostname leads to an address, and accounts.default_domain has an MX. May take some seconds.
void look_names_up(const config::Config& config, const net::StopSignal& stop, Findings& out);

}  // namespace restante::ctl
