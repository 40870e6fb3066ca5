// One listener of the configuration, from a client's side: the connection, TLS as the listener has
// it, and the greeting.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "restantectl/selftest/dialogue.h"

namespace restante::ctl {

/// "pop3 0.0.0.0:110".
std::string name_of(const config::Listen& listen);

/// Why a client on this machine cannot try the listener; nullopt: it can.
std::optional<std::string> untried(const config::Listen& listen);

/// Whose certificate a server of ours shows.
struct Trust {
  std::string server_name;
  std::vector<std::string> pins;  ///< SHA-256 of our certificates; empty: as strangers check it.
};

/// Connected, greeted, and with TLS begun where the listener has it; SMTP and LMTP have said their
/// hello. Errors: as ClientStream and Dialogue say.
Result<Dialogue> enter(const config::Listen& listen, const Trust& trust,
                       const net::StopSignal& stop);

}  // namespace restante::ctl
