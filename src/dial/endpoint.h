// Socket addresses: where we listen and who is at the other end.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace restante::net {

/// An IP address with a port (0: any free one), or the path of a Unix socket.
struct Endpoint {
  std::string host;  ///< "127.0.0.1", "::1"; empty for a Unix socket.
  std::uint16_t port = 0;
  std::string unix_path;

  /// "127.0.0.1:110", "[::1]:110" or "unix:/path".
  [[nodiscard]] std::string to_string() const;
  /// A peer on this machine: 127/8, ::1 (also as ::ffff:127/104) or a Unix socket.
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] bool is_unix() const { return !unix_path.empty(); }
};

/// A socket address as the system calls want it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// Errors: kSyntax (not an IP address, or a path too long for a socket).
Result<SocketAddress> to_socket_address(const Endpoint& endpoint);
/// An unnamed Unix peer has the path "peer".
Endpoint from_socket_address(const sockaddr_storage& storage);

}  // namespace restante::net
