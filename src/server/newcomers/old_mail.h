// The mail of a user at the old server, as a source of src/migrate: by POP3, on a socket of the
// outgoing process, with the authorities and pins of its [[route]].
#pragma once

#include <memory>

#include "dial/stop_signal.h"
#include "migrate/sources/source.h"
#include "server/newcomers/move.h"
#include "server/outgoing/outgoing.h"

namespace restante::server {

/// Connects when it is asked for its list. All outlives the source.
std::unique_ptr<migrate::Source> open_old_mail(const Traveller& who, Outgoing& outgoing,
                                               const net::StopSignal& stop);

}  // namespace restante::server
