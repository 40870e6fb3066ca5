// A proxy says whose connection it passes on: by a PROXY header or by XCLIENT. From then on the
// session is that client's, for the log, the limits and the rules about TLS. A proxy's word is not
// trusted with more than that: its client is never this machine, never in trusted_networks, and
// never logged in by a name that the proxy gives.
#pragma once

#include <optional>
#include <string>

#include "base/xclient.h"
#include "server/common/session_context.h"

namespace restante::server {

/// A client as a proxy says it.
struct Claim {
  std::optional<net::Endpoint> client;  ///< nullopt: the proxy cannot say.
  ClientTls tls;
};

Claim claim_of(const XClient& said);

/// The session becomes the client's: its place among the connections is given for one of the
/// client. Errors, logged and counted: kAuth (not in listen.networks), kLimit.
Status become_client(SessionContext& context, const Claim& claim);

/// Performs a session's NameClient; nullopt: it was refused, which is logged and counted. When the
/// client has too many connections, that is added to `output`, and sent. Errors: as
/// become_client().
Status take_xclient(SessionContext& context, const std::optional<XClient>& said,
                    std::string& output);

/// The last words to a client with too many connections.
std::string_view too_many_connections(settings::Protocol protocol);

}  // namespace restante::server
