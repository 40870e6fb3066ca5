#include "net/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "files/errors.h"

namespace restante::net {
namespace {

Error system_error(const char* call, const Endpoint& endpoint) {
  const int number = errno;
  // An address that is not there may be there later: an interface that is not up yet.
  const bool later = number == EADDRINUSE || number == EADDRNOTAVAIL;
  const Errc code = later ? Errc::kBusy : Errc::kIo;
  return Error(code,
               std::string(call) + " " + endpoint.to_string() + ": " + files::reason_of(number));
}

void set_option(int fd, int level, int option, int on = 1) {
  // A refusal of these options is not a reason to refuse service.
  static_cast<void>(::setsockopt(fd, level, option, &on, sizeof on));
}

Result<files::Descriptor> bind_socket(const Endpoint& endpoint, bool share_port,
                                      Families families = Families::kOwn) {
  RESTANTE_TRY(const SocketAddress address, to_socket_address(endpoint));
  files::Descriptor fd(
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return system_error("socket", endpoint);
  if (!endpoint.is_unix()) {
    // Connections of the last run may still be in TIME_WAIT, and must not delay a restart by
    // minutes.
    set_option(fd.number(), SOL_SOCKET, SO_REUSEADDR);
    // Each worker binds a socket of its own to the same port.
    if (share_port) set_option(fd.number(), SOL_SOCKET, SO_REUSEPORT);
    // Set both ways, so that net.ipv6.bindv6only of the system does not decide.
    if (address.storage.ss_family == AF_INET6)
      set_option(fd.number(), IPPROTO_IPV6, IPV6_V6ONLY, families == Families::kOwn ? 1 : 0);
  }
  if (::bind(fd.number(), address.get(), address.length) != 0)
    return system_error("bind", endpoint);
  return fd;
}

// SO_REUSEPORT would let a second server of the same user share our port without a word, so a plain
// socket is bound first: it fails when another process listens already.
Status probe(const Endpoint& endpoint, Families families) {
  // The kernel gives out a port that is free.
  if (endpoint.port == 0) return ok();
  RESTANTE_TRY(const files::Descriptor fd, bind_socket(endpoint, false, families));
  // A bind alone does not tell: with SO_REUSEADDR two sockets may be bound as long as none listens.
  if (::listen(fd.number(), 1) != 0) return system_error("listen", endpoint);
  return ok();
}

// A crash leaves its socket file behind, and bind() fails on a name that exists. Only a file that
// no process answers on is removed.
Status remove_stale_socket(const Endpoint& endpoint) {
  struct stat info {};
  if (::lstat(endpoint.unix_path.c_str(), &info) != 0) return ok();
  // A slip in the configuration must not remove a file of the operator's.
  if (!S_ISSOCK(info.st_mode)) return Error(Errc::kBusy, endpoint.unix_path + " is not a socket");
  RESTANTE_TRY(const SocketAddress address, to_socket_address(endpoint));
  const files::Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(fd.number(), address.get(), address.length) == 0)
    return Error(Errc::kBusy, endpoint.to_string() + ": another process listens there");
  if (::unlink(endpoint.unix_path.c_str()) != 0) return system_error("unlink", endpoint);
  return ok();
}

Result<ListenSockets> open_unix(const Endpoint& endpoint, std::size_t count) {
  // The probe is a connection here: a path can be taken away under a program that listens on it,
  // and that would go on deaf.
  RESTANTE_CHECKED(remove_stale_socket(endpoint));
  ListenSockets out;
  out.endpoint = endpoint;
  RESTANTE_TRY(files::Descriptor first, bind_socket(endpoint, false));
  // The kernel cuts it to its own limit (net.core.somaxconn), which is the operator's to set.
  if (::listen(first.number(), SOMAXCONN) != 0) return system_error("listen", endpoint);
  // A path can be bound once, so the workers share one queue through copies of the descriptor.
  for (std::size_t i = 1; i < count; ++i) {
    out.sockets.emplace_back(::fcntl(first.number(), F_DUPFD_CLOEXEC, 0));
    if (!out.sockets.back().is_open()) return system_error("dup", endpoint);
  }
  out.sockets.push_back(std::move(first));
  return out;
}

}  // namespace

Result<ListenSockets> open_listener(const Endpoint& endpoint, std::size_t count,
                                    Families families) {
  if (endpoint.is_unix()) return open_unix(endpoint, count);
  RESTANTE_CHECKED(probe(endpoint, families));
  ListenSockets out;
  out.endpoint = endpoint;
  // A socket for each worker: the kernel spreads the connections, and no worker wakes in vain.
  for (std::size_t i = 0; i < count; ++i) {
    RESTANTE_TRY(files::Descriptor fd, bind_socket(out.endpoint, true, families));
    if (::listen(fd.number(), SOMAXCONN) != 0) return system_error("listen", endpoint);
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    if (::getsockname(fd.number(), reinterpret_cast<sockaddr*>(&bound), &length) != 0)
      return system_error("getsockname", endpoint);
    out.endpoint.port = from_socket_address(bound).port;  // The others share what the first got.
    out.sockets.push_back(std::move(fd));
  }
  return out;
}

Status set_socket_file(const Endpoint& endpoint, mode_t mode, gid_t group) {
  const char* const path = endpoint.unix_path.c_str();
  // The group first: the mode must not open the file to the old group.
  if (::chown(path, static_cast<uid_t>(-1), group) != 0) return system_error("chgrp", endpoint);
  if (::chmod(path, mode) != 0) return system_error("chmod", endpoint);
  return ok();
}

Result<files::Descriptor> accept_one(int listening_fd, Endpoint& peer) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  files::Descriptor fd(::accept4(listening_fd, reinterpret_cast<sockaddr*>(&address), &length,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd.is_open()) {
    const int number = errno;
    // Without resources now, the socket itself is whole: the caller tries again later.
    if (number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM)
      return Error(Errc::kLimit, std::string("accept: ") + files::reason_of(number));
    if (number == EBADF || number == EINVAL || number == ENOTSOCK)
      return files::io_error("accept", number);
    return files::Descriptor();  // EAGAIN, or a peer that gave up between its connect and our
                                 // accept.
  }
  peer = from_socket_address(address);
  // Replies are gathered by us; Nagle would only hold back the last segment (40 ms each).
  if (!peer.is_unix()) set_option(fd.number(), IPPROTO_TCP, TCP_NODELAY);
  return fd;
}

}  // namespace restante::net
