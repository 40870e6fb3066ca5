// Socket addresses: what is taken for one comes back the same from the system's form, and only
// this machine's addresses pass for it.
#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "dial/endpoint.h"

namespace {

using namespace restante;  // NOLINT(google-build-using-namespace): a program of its own

/// What the system says of the address: the only one that can be right.
bool is_loopback(const net::SocketAddress& address) {
  if (address.storage.ss_family == AF_INET) {
    const auto* const v4 = reinterpret_cast<const sockaddr_in*>(address.get());
    return (ntohl(v4->sin_addr.s_addr) >> 24U) == 127;
  }
  const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(address.get());
  if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) return v6->sin6_addr.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  net::Endpoint endpoint;
  endpoint.port = static_cast<std::uint16_t>(data[0] + 256U * data[1]);
  endpoint.host = std::string(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto address = net::to_socket_address(endpoint);
  if (!address) return 0;
  const net::Endpoint peer = net::from_socket_address(address->storage);
  RESTANTE_CHECK(peer.port == endpoint.port && !peer.is_unix());
  RESTANTE_CHECK(peer.is_loopback() == is_loopback(*address));
  const auto again = net::to_socket_address(peer);
  RESTANTE_CHECK(again && net::from_socket_address(again->storage).host == peer.host);
  return 0;
}
