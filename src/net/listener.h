// Opens listening sockets. Each worker thread has its own socket of the same TCP address
// (SO_REUSEPORT), so that the kernel spreads the connections; a Unix socket is shared by dup.
#pragma once

#include <sys/types.h>

#include <vector>

#include "base/result.h"
#include "dial/endpoint.h"
#include "files/descriptor.h"

namespace restante::net {

struct ListenSockets {
  Endpoint endpoint;                       ///< With the port that was really bound.
  std::vector<files::Descriptor> sockets;  ///< One for each worker; non-blocking, listening.
};

/// Binds and listens `count` times. A stale Unix socket file (no process answers) is replaced.
/// Errors: kBusy (address in use, or not on this machine yet), kSyntax, kIo. `families`: for "::",
/// whether IPv4 comes there, too.
enum class Families : std::uint8_t { kOwn, kBoth };
Result<ListenSockets> open_listener(const Endpoint& endpoint, std::size_t count,
                                    Families families = Families::kOwn);

/// Decides who may connect to a Unix socket: the mode and the group of its file. Errors: kIo.
Status set_socket_file(const Endpoint& endpoint, mode_t mode, gid_t group);

/// Accepts one connection, non-blocking, TCP_NODELAY set. An invalid descriptor: nothing to accept
/// now. Errors: kLimit (out of file descriptors or memory), kIo.
Result<files::Descriptor> accept_one(int listening_fd, Endpoint& peer);

}  // namespace restante::net
