#include "dial/endpoint.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <array>
#include <cstring>

namespace restante::net {
namespace {

constexpr std::size_t kMappedAt = 12;  // Of ::ffff:a.b.c.d, where IPv4 begins.

Result<SocketAddress> to_unix_address(const std::string& path) {
  SocketAddress out;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // A path that is cut off would be another socket's.
  if (path.size() >= sizeof address.sun_path)
    return Error(Errc::kSyntax, "socket path too long: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  std::memcpy(&out.storage, &address, sizeof address);
  out.length = sizeof address;
  return out;
}

std::string host_text(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(family, address, text.data(), text.size()) == nullptr) return "?";
  return text.data();
}

}  // namespace

std::string Endpoint::to_string() const {
  if (is_unix()) return "unix:" + unix_path;
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

bool Endpoint::is_loopback() const {
  return is_unix() || host == "::1" || host.starts_with("127.") || host.starts_with("::ffff:127.");
}

Result<SocketAddress> to_socket_address(const Endpoint& endpoint) {
  if (endpoint.is_unix()) return to_unix_address(endpoint.unix_path);
  // By hand: a host is what a peer's address is, or what a file says, and a name must not send us
  // to a resolver here.
  SocketAddress out;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, endpoint.host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&out.storage, &v4, sizeof v4);
    out.length = sizeof v4;
  } else if (::inet_pton(AF_INET6, endpoint.host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    std::memcpy(&out.storage, &v6, sizeof v6);
    out.length = sizeof v6;
  } else {
    return Error(Errc::kSyntax, "not an IP address: " + endpoint.host);
  }
  return out;
}

Endpoint from_socket_address(const sockaddr_storage& storage) {
  Endpoint out;
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    out.host = host_text(AF_INET, &v4.sin_addr);
    out.port = ntohs(v4.sin_port);
  } else if (storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof v6);
    // IPv4 at a socket of both families is IPv4: in the log, in every list, and for the limits.
    const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) != 0;
    out.host = mapped ? host_text(AF_INET, v6.sin6_addr.s6_addr + kMappedAt)
                      : host_text(AF_INET6, &v6.sin6_addr);
    out.port = ntohs(v6.sin6_port);
  } else {
    sockaddr_un local{};
    std::memcpy(&local, &storage, sizeof local);
    // The client's end of a Unix socket has no name; who it is says the kernel, not the path.
    out.unix_path = local.sun_path[0] == '\0' ? "peer" : local.sun_path;
  }
  return out;
}

}  // namespace restante::net
