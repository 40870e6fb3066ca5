// Copies for another server, by LMTP or SMTP: one connection for the messages of a visit, made by
// the outgoing process, with TLS off this machine.
#pragma once

#include <memory>
#include <string>

#include "dial/stop_signal.h"
#include "server/copies/copy_session.h"
#include "server/copies/copy_targets.h"
#include "server/outgoing/outgoing.h"

namespace restante::server {

/// Nothing is opened before the first message. All of it outlives the session. `hostname` is ours.
std::unique_ptr<CopySession> make_server_session(Outgoing& outgoing, const CopyServer& server,
                                                 const std::string& hostname,
                                                 const net::StopSignal& stop);

}  // namespace restante::server
