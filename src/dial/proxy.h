// Through a proxy: SOCKS5 (RFC 1928) with a name and password where the proxy wants one (RFC 1929),
// or HTTP's CONNECT (RFC 9110 s.9.3.6). The proxy looks the server's name up. Not an octet of what
// comes behind the proxy's own answer is read.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "dial/socket.h"
#include "dial/stream.h"

namespace restante::net {

/// Makes `socket`, which is connected to the proxy, a connection to the server. Errors: kIo (the
/// proxy cannot; the detail says why), kAuth (its login), kSyntax (a name that cannot be said),
/// kTimeout, kClosed, kState.
Status pass_proxy(int socket, const ClientProxy& proxy, const ClientTarget& target,
                  const Patience& patience);

}  // namespace restante::net
