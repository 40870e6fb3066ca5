#include "server/common/proxied_client.h"

#include <utility>

#include "base/check.h"
#include "server/common/log.h"

namespace restante::server {
namespace {

bool may_connect(const settings::Listen& listen, const net::Endpoint& peer) {
  const auto address = ip_of(peer);
  return listen.networks.empty() || (address && contains(listen.networks, *address));
}

}  // namespace

Claim claim_of(const XClient& said) {
  Claim out;
  if (said.address) {
    out.client.emplace();
    out.client->host = said.address->to_string();
    out.client->port = said.port;
  }
  if (said.transport == XClient::Transport::kTls) out.tls.text = "TLS";
  out.tls.in_clear = said.transport == XClient::Transport::kClear;
  out.tls.own_is_proxys = true;  // A peer that speaks XCLIENT speaks the protocol, so TLS ends at
                                 // the proxy.
  return out;
}

Status become_client(SessionContext& context, const Claim& claim) {
  net::Connection& connection = context.connection;
  context.proxied = true;
  context.client_unknown = !claim.client;
  context.client_tls = claim.tls;
  if (claim.client) connection.set_peer(*claim.client);
  const guard::Rules& rules = context.settings->rules;
  guard::Peer peer = context.services.gate.know(ip_of(connection.peer()), rules);
  // The limits of its own address count for it, though the proxy is trusted.
  if (claim.client) peer.trusted = false;
  // First the proxy's place goes, or at the limit a proxy could not name any client.
  context.place.reset();
  if (claim.client && !may_connect(context.listen, connection.peer())) {
    context.services.metrics.networks_refused.add();
    log_refusal(context.services, peer, connection.peer(), "not in listen.networks");
    return Error(Errc::kAuth, "not in listen.networks");
  }
  auto own = admit_as(context.services, rules, context.listen.protocol, peer, connection.peer());
  if (!own) return Error(Errc::kLimit, "too many connections");
  context.place.emplace(std::move(*own));
  context.peer = peer;
  // Nor for the session: a client behind a proxy is never trusted for the proxy's address.
  context.peer.trusted = false;
  return ok();
}

Status take_xclient(SessionContext& context, const std::optional<XClient>& said,
                    std::string& output) {
  if (!said) {
    context.services.metrics.xclient_refused.add();
    log_refusal(context.services, context.peer, context.connection.peer(),
                context.proxied ? "XCLIENT: the client is known already"
                                : "XCLIENT: not in listen.proxy_networks");
    return ok();
  }
  // Once: a second name would be a client's, sent through the proxy.
  RESTANTE_CHECK(std::exchange(context.may_name_client, false));
  const std::string proxy = context.connection.peer().to_string();
  const Status taken = become_client(context, claim_of(*said));
  if (taken) {
    // The number that the proxy has given it: with it both logs can be laid side by side.
    spdlog::debug("xclient session={} proxy={} peer={} proxy_session={}", context.id, proxy,
                  context.connection.peer().to_string(), for_log(said->session));
  } else if (taken.error().code == Errc::kLimit) {
    output += too_many_connections(context.listen.protocol);
    static_cast<void>(context.connection.send_now(output));
    return Error(Errc::kClosed, taken.error().detail);  // The reply is out: kClosed ends the
                                                        // session without another one.
  }
  return taken;
}

std::string_view too_many_connections(settings::Protocol protocol) {
  switch (protocol) {
    case settings::Protocol::kPop3:
      return "-ERR [SYS/TEMP] too many connections, try again later\r\n";
    case settings::Protocol::kLmtp:
    case settings::Protocol::kSmtp: return "421 4.3.2 too many connections, try again later\r\n";
    case settings::Protocol::kHttp: break;
  }
  return "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
}

}  // namespace restante::server
