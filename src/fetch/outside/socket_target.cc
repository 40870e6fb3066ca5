#include "fetch/outside/socket_target.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/numbers.h"
#include "files/descriptor.h"
#include "files/errors.h"

namespace restante::fetch {
namespace {

Result<std::unique_ptr<net::ClientStream>> connect_unix(const std::string& path,
                                                        std::chrono::milliseconds timeout,
                                                        const net::StopSignal& stop) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return Error(Errc::kLimit, path + ": too long for a socket's name");
  std::memcpy(address.sun_path, path.data(), path.size());
  files::Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // A server that listens and does not accept keeps us waiting here once its queue is full.
  timeval bound{};
  bound.tv_sec = static_cast<time_t>(timeout.count() / 1000);
  bound.tv_usec = static_cast<suseconds_t>(timeout.count() % 1000 * 1000);
  if (socket.number() < 0 ||
      ::setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound) != 0 ||
      ::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
          0) {
    return Error(errno == EAGAIN ? Errc::kTimeout : Errc::kIo,
                 path + ": " + files::reason_of(errno));
  }
  return net::ClientStream::adopt(std::move(socket), stop);
}

Result<std::unique_ptr<net::ClientStream>> connect_host(const std::string& target,
                                                        std::chrono::milliseconds timeout,
                                                        const net::StopSignal& stop) {
  const std::size_t colon = target.rfind(':');
  if (colon == std::string::npos) return Error(Errc::kSyntax, target + ": host:port is meant");
  RESTANTE_TRY(const std::uint16_t port, parse_decimal<std::uint16_t>(target.substr(colon + 1)));
  net::ClientTarget where;
  where.host = target.substr(0, colon);
  if (where.host.starts_with('[') && where.host.ends_with(']'))
    where.host = where.host.substr(1, where.host.size() - 2);
  where.port = port;
  where.connect_timeout = timeout;
  return net::ClientStream::connect(where, stop);
}

}  // namespace

Result<std::unique_ptr<net::ClientStream>> connect_to(const std::string& target,
                                                      std::chrono::milliseconds timeout,
                                                      const net::StopSignal& stop) {
  constexpr std::string_view kUnix = "unix:";
  RESTANTE_TRY(std::unique_ptr<net::ClientStream> stream,
               target.starts_with(kUnix) ? connect_unix(target.substr(kUnix.size()), timeout, stop)
                                         : connect_host(target, timeout, stop));
  stream->set_timeout(timeout);
  return stream;
}

}  // namespace restante::fetch
