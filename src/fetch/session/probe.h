// What a server is, as far as it can be seen without a login: for `restante probe` and for finding
// the settings of a new account. No secret is sent.
#pragma once

#include <string>

#include "base/result.h"
#include "dial/stop_signal.h"
#include "fetch/session/trace.h"
#include "pop3/client_capabilities.h"
#include "profile/profile.h"

namespace restante::fetch {

struct Probe {
  std::string peer;               ///< "192.0.2.1:995".
  std::string greeting;           ///< Printable.
  pop3::Capabilities before_tls;  ///< Only with STLS.
  pop3::Capabilities capabilities;
  std::string tls_version;     ///< Empty without TLS.
  std::string sha256;          ///< Of the certificate: 64 hex digits.
  std::string distrust;        ///< Why the certificate is not trusted; empty: it is.
  std::string password_login;  ///< How a password would be proven; empty: in no way that is safe.
  std::string token_login;     ///< The same for an access token.
};

/// Connects as the account says, and says goodbye. Where the certificate is not trusted it looks
/// again, at exactly this certificate, and says so in `distrust`. Errors: as open_connection().
Result<Probe> probe(const profile::Account& account, const net::StopSignal& stop,
                    const Trace& trace);

/// The first 64 hex digits in a row; empty when there are none.
std::string find_sha256(std::string_view text);

}  // namespace restante::fetch
