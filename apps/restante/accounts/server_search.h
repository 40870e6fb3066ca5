// Which server an address's mail is collected from, and whether it may have the password: a name
// that only the DNS gave is anybody's who can answer for it (RFC 6186 s.6). Settings that the
// domain publishes come first: HTTPS proves whose they are.
#pragma once

#include <string>

#include "fetch/session/probe.h"
#include "restante/frame/context.h"
#include "restante/frame/dialogue.h"

namespace restante::cli {

/// What is known of the server; empty and 0: to be found.
struct ServerWish {
  std::string host;
  std::uint16_t port = 0;
  std::string tls;
  std::string ca_file{};          ///< Whom to believe, also of published settings.
  bool may_name_the_user = true;  ///< Else the login name was given.
};

/// "host:port" and "[2001:db8::1]:port" in one word, as people copy them: the port goes to `port`.
void split_port(std::string& host, std::uint16_t& port);

/// The first server that answers; `account` gets its host, port and TLS, the login name that the
/// domain publishes, and `tls_name` where the certificate has the domain's name alone. No secret is
/// sent. One that the DNS names outside of the domain is taken when its certificate names the
/// domain (RFC 7817 s.3), when the account pins its certificate, or when the person agrees. Errors:
/// those of probe(), kNotFound (there is none), kAuth (it is outside, and the person has not
/// agreed), kState (interrupted).
Result<fetch::Probe> find_server(const Context& context, const ServerWish& wish,
                                 const std::string& address, Dialogue& dialogue,
                                 profile::Account& account);

}  // namespace restante::cli
