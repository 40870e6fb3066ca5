#include "accounts/ldap/dial.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "files/descriptor.h"
#include "files/errors.h"

namespace restante::accounts::ldap {
namespace {

using Clock = std::chrono::steady_clock;

struct FreeAddresses {
  void operator()(addrinfo* found) const { freeaddrinfo(found); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Error told(int code) { return Error(Errc::kIo, files::reason_of(code)); }

Result<Addresses> resolve(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  // Without AI_ADDRCONFIG: a server at ::1 counts on a machine that has no other IPv6 address.
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
  if (code == 0) return Addresses(found);
  return Error(Errc::kIo, "the host name cannot be resolved: " + std::string(gai_strerror(code)));
}

/// Errors: kTimeout, kIo.
Status await_connection(const files::Descriptor& socket, Clock::time_point deadline) {
  pollfd waited{socket.number(), POLLOUT, 0};
  int ready = 0;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    // Rounded up, so that the last wait is no spin.
    ready = ::poll(&waited, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) return Error(Errc::kTimeout, "no connection in time");
  int code = errno;
  socklen_t size = sizeof(code);
  if (ready > 0 && ::getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &code, &size) != 0)
    code = errno;
  return code == 0 ? ok() : Status(told(code));
}

Result<int> connect_to(const addrinfo& address, Clock::time_point deadline,
                       std::chrono::milliseconds patience) {
  files::Descriptor socket(::socket(
      // Not blocking for the connection alone: connect() has no deadline of its own.
      address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol));
  if (!socket.is_open()) return told(errno);
  const int begun = ::connect(socket.number(), address.ai_addr, address.ai_addrlen);
  if (begun != 0 && errno != EINPROGRESS) return told(errno);
  if (begun != 0) RESTANTE_CHECKED(await_connection(socket, deadline));
  const int yes = 1;
  ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  // Idle connections are kept; a firewall forgets them without a word.
  ::setsockopt(socket.number(), SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
  // An answer of TLS that stops half-way is read without libldap's own limit, so the socket has
  // one.
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(patience).count();
  const timeval most{whole / 1'000'000, whole % 1'000'000};
  for (const int way : {SO_RCVTIMEO, SO_SNDTIMEO})
    ::setsockopt(socket.number(), SOL_SOCKET, way, &most, sizeof(most));
  // libldap waits by itself, on sockets that block.
  const int flags = ::fcntl(socket.number(), F_GETFL);
  if (flags < 0 || ::fcntl(socket.number(), F_SETFL, flags & ~O_NONBLOCK) != 0) return told(errno);
  return socket.release();
}

}  // namespace

Result<int> dial(const std::string& host, std::uint16_t port, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  RESTANTE_TRY(const Addresses addresses, resolve(host, port));
  Result<int> last = Error(Errc::kIo, "the host name has no address");
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
    // The time left is shared out, so that an address that swallows packets leaves some for the
    // next.
    const auto now = Clock::now();
    const auto share = at->ai_next == nullptr ? deadline - now : (deadline - now) / 2;
    last = connect_to(*at, now + share, patience);
    if (last) return last;
  }
  return last;
}

}  // namespace restante::accounts::ldap
