// The process at the other end of the control socket, by the kernel's word (SO_PEERCRED): its user
// at the moment in which it connected, not the one that it may have become since.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace restante::control {

struct Peer {
  uid_t user = 0;
  pid_t process = 0;  ///< 0: in another name space.
};

/// Errors: kIo.
Result<Peer> peer_of(int socket);

/// The server's user and root act; all others that the socket's mode lets in read.
inline bool may_act(const Peer& peer, uid_t server_user) {
  return peer.user == 0 || peer.user == server_user;
}

}  // namespace restante::control
