// One listener of the configuration, from a client's side: the connection, TLS as the listener has
// it, and the greeting.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "restantectl/selftest/dialogue.h"
#include "server/settings/config.h"

namespace restante::ctl {

/// "pop3 0.0.0.0:110".
std::string name_of(const settings::Listen& listen);

/// Why a client on this machine cannot try the listener; nullopt: it can.
std::optional<std::string> untried(const settings::Listen& listen);

/// The certificate that a server of ours should show.
struct Trust {
  std::string server_name;
  std::vector<std::string> pins;  ///< SHA-256 of our certificates; empty: as strangers check it.
};

/// Connected, greeted, and with TLS begun where the listener has it; SMTP and LMTP have said their
/// hello. Errors: as ClientStream and Dialogue say.
Result<Dialogue> enter(const settings::Listen& listen, const Trust& trust,
                       const net::StopSignal& stop);

}  // namespace restante::ctl
