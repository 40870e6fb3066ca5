// Opens the sockets of [[listen]]: bound here, or passed by systemd. Done before the process gives
// up its rights; the sockets are served later.
#pragma once

#include <string>
#include <vector>

#include "net/listener.h"
#include "process/privileges.h"
#include "server/settings/config.h"

namespace restante::server {

struct OpenListener {
  settings::Listen listen;
  net::ListenSockets sockets;
};

/// Why a socket's file cannot be given to a group, and the way out.
std::string missing_group(const std::string& user, const std::string& group);

/// A sentence for each listener that takes TLS 1.0 or 1.1.
std::vector<std::string> old_tls_warnings(const settings::Config& config);

/// One socket for each of `workers`; several listeners for a name that systemd passed more than one
/// socket of. Socket files get their mode, and the group that is configured or `user`'s.
/// Errors: kBusy (an address is taken), kSyntax (no such group, no such socket), kIo.
Result<std::vector<OpenListener>> open_listeners(const settings::Config& config,
                                                 std::size_t workers,
                                                 const process::Identity& user);

}  // namespace restante::server
