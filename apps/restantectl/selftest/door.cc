#include "restantectl/selftest/door.h"

#include <algorithm>

#include "dial/connect.h"
#include "dial/endpoint.h"

namespace restante::ctl {
namespace {

using settings::Protocol;
using settings::TlsMode;

constexpr auto kWait = std::chrono::seconds(20);

std::string_view word_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::kPop3: return "pop3";
    case Protocol::kLmtp: return "lmtp";
    case Protocol::kSmtp: return "smtp";
    case Protocol::kHttp: return "http";
  }
  return "";
}

/// A listener for all addresses is reached at a loopback address.
std::string reachable_host(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

Result<std::unique_ptr<net::ClientStream>> connect(const config::Address& address,
                                                   const net::StopSignal& stop) {
  net::Endpoint endpoint;
  endpoint.host = reachable_host(address.host);
  endpoint.port = address.port;
  endpoint.unix_path = address.unix_path;
  RESTANTE_TRY(const net::SocketAddress where, net::to_socket_address(endpoint));
  const net::Patience patience{std::chrono::steady_clock::now() + kWait, stop};
  RESTANTE_TRY(files::Descriptor socket, net::connect_first({where}, patience));
  auto stream = net::ClientStream::adopt(std::move(socket), stop);
  stream->set_timeout(kWait);
  return stream;
}

std::string hello(Protocol protocol) {
  return protocol == Protocol::kLmtp ? "LHLO selftest.invalid" : "EHLO selftest.invalid";
}

Status greet(Dialogue& dialogue, Protocol protocol) {
  if (protocol == Protocol::kPop3) {
    RESTANTE_CHECKED(dialogue.hear_pop3());
    return ok();
  }
  RESTANTE_CHECKED(dialogue.hear_smtp("220"));
  RESTANTE_CHECKED(dialogue.ask_smtp(hello(protocol), "250"));
  return ok();
}

net::ClientTls tls_of(const Trust& trust, bool after_stls) {
  net::ClientTls out;
  out.server_name = trust.server_name;
  out.pins = trust.pins;
  out.after_stls = after_stls;
  return out;
}

/// RFC 2595 s.4, RFC 3207 s.4.
Status start_tls(Dialogue& dialogue, Protocol protocol, const Trust& trust) {
  if (protocol == Protocol::kPop3) {
    RESTANTE_CHECKED(dialogue.ask_pop3("STLS"));
    return dialogue.stream().start_tls(tls_of(trust, true));
  }
  RESTANTE_CHECKED(dialogue.ask_smtp("STARTTLS", "220"));
  RESTANTE_CHECKED(dialogue.stream().start_tls(tls_of(trust, true)));
  RESTANTE_CHECKED(dialogue.ask_smtp(hello(protocol), "250"));
  return ok();
}

bool lets_in(const settings::Listen& listen) {
  if (listen.networks.empty() || !listen.address.unix_path.empty()) return true;
  const auto host = IpAddress::parse(reachable_host(listen.address.host));
  return host && std::any_of(listen.networks.begin(), listen.networks.end(),
                             [&host](const IpNetwork& network) { return network.contains(*host); });
}

}  // namespace

std::string name_of(const settings::Listen& listen) {
  return std::string(word_of(listen.protocol)) + " " + listen.address.to_string();
}

std::optional<std::string> untried(const settings::Listen& listen) {
  if (listen.proxy_protocol) return "takes connections of a proxy alone (proxy_protocol)";
  if (!listen.address.passed_as.empty())
    return "is a socket of systemd (" + listen.address.passed_as +
           "), whose address is in its unit";
  if (listen.address.unix_path.empty() && listen.address.port == 0)
    return "has another port at each start";
  if (!lets_in(listen)) return "its networks do not hold this machine";
  return std::nullopt;
}

Result<Dialogue> enter(const settings::Listen& listen, const Trust& trust,
                       const net::StopSignal& stop) {
  RESTANTE_TRY(auto stream, connect(listen.address, stop));
  if (listen.tls == TlsMode::kImplicit) RESTANTE_CHECKED(stream->start_tls(tls_of(trust, false)));
  Dialogue dialogue(std::move(stream));
  RESTANTE_CHECKED(greet(dialogue, listen.protocol));
  if (listen.tls == TlsMode::kStarttls)
    RESTANTE_CHECKED(start_tls(dialogue, listen.protocol, trust));
  return dialogue;
}

}  // namespace restante::ctl
