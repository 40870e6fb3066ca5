#include "server/elsewhere/client_words.h"

#include <netinet/in.h>

#include <array>
#include <cstring>

#include "base/ascii.h"

namespace restante::server {
namespace {

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr char kLocal = '\x20';  // Version 2, and the command.
constexpr char kProxy = '\x21';
constexpr char kTcp4 = '\x11';
constexpr char kTcp6 = '\x21';

void put_16(std::uint16_t number, std::string& out) {
  out += static_cast<char>(number >> 8U);
  out += static_cast<char>(number & 0xffU);
}

template <typename Bytes>
void put_bytes(const Bytes& bytes, std::string& out) {
  out.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
}

/// A header has one family for both ends. When our end has the other one, its address stays zero.
bool put_addresses(const net::SocketAddress& client, const net::SocketAddress& here,
                   std::string& out) {
  if (client.storage.ss_family == AF_INET) {
    sockaddr_in from{};
    sockaddr_in to{};
    std::memcpy(&from, &client.storage, sizeof from);
    if (here.storage.ss_family == AF_INET) std::memcpy(&to, &here.storage, sizeof to);
    out += kTcp4;
    // 12 octets: two addresses of four and two ports.
    put_16(12, out);
    put_bytes(from.sin_addr, out);
    put_bytes(to.sin_addr, out);
    put_16(ntohs(from.sin_port), out);
    put_16(ntohs(to.sin_port), out);
    return true;
  }
  if (client.storage.ss_family != AF_INET6) return false;
  sockaddr_in6 from{};
  sockaddr_in6 to{};
  std::memcpy(&from, &client.storage, sizeof from);
  if (here.storage.ss_family == AF_INET6) std::memcpy(&to, &here.storage, sizeof to);
  out += kTcp6;
  // 36 octets: two addresses of sixteen and two ports.
  put_16(36, out);
  put_bytes(from.sin6_addr, out);
  put_bytes(to.sin6_addr, out);
  put_16(ntohs(from.sin6_port), out);
  put_16(ntohs(to.sin6_port), out);
  return true;
}

}  // namespace

std::string xclient_words(const net::Endpoint& client, std::string_view session, bool tls) {
  // A client of a Unix socket has no address; the other server knows the connection as ours then.
  if (client.host.empty()) return {};
  const bool is_v6 = client.host.find(':') != std::string::npos;
  std::string out = (is_v6 ? "ADDR=IPV6:" : "ADDR=") + client.host;
  out += " PORT=" + std::to_string(client.port);
  out += " SESSION=";
  // Only octets that the form of XCLIENT takes.
  for (const char c : session) out += is_alpha(c) || is_digit(c) || c == '-' ? c : '-';
  // Else its user's password would seem to have gone in the clear.
  if (tls) out += " CLIENT-TRANSPORT=TLS";
  return out;
}

std::string proxy_header(const net::Endpoint& client, const net::Endpoint& here) {
  const auto from = net::to_socket_address(client);
  const auto to = net::to_socket_address(here);
  std::string addresses;
  if (from && put_addresses(*from, to ? *to : net::SocketAddress(), addresses))
    return std::string(kSignature) + kProxy + addresses;
  std::string out(kSignature);
  // LOCAL, where there is nothing to tell: the receiver must take a header in any case.
  out += kLocal;
  out += '\0';
  put_16(0, out);
  return out;
}

}  // namespace restante::server
