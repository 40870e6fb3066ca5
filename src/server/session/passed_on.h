// The rest of a POP3 session whose account lives elsewhere, once it is logged in there.
#pragma once

#include "net/asio.h"
#include "pop3/server_session.h"
#include "server/common/session_context.h"
#include "server/common/use_meter.h"
#include "server/login/login.h"
#include "server/session/pop3_tally.h"

namespace restante::server {

/// The parts of a session that it needs; none of it is owned.
struct PassedOn {
  SessionContext& context;
  pop3::ServerSession& session;  ///< Its output is empty afterwards.
  UseMeter& meter;
  Pop3Tally& tally;
};

/// Tells the client that it is logged in, and passes octets on until one side ends. As
/// Splice::run().
net::Task<Status> pass_on(PassedOn parts, LoginOutcome outcome, std::string method);

}  // namespace restante::server
