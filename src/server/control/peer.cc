#include "server/control/peer.h"

#include <sys/socket.h>

#include <cerrno>

#include "files/errors.h"

namespace restante::control {

Result<Peer> peer_of(int socket) {
  ucred found{};
  socklen_t length = sizeof found;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &found, &length) != 0)
    return files::io_error("control: peer", errno);
  return Peer{found.uid, found.pid};
}

}  // namespace restante::control
