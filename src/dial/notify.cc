#include "dial/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/numbers.h"

namespace restante::net {

std::chrono::microseconds watchdog_interval() {
  const char* const text = std::getenv("WATCHDOG_USEC");
  const char* const process = std::getenv("WATCHDOG_PID");
  if (text == nullptr) return {};
  // They were meant for the process that started us, and are inherited.
  if (process != nullptr && process != std::to_string(::getpid())) return {};
  const auto interval = parse_decimal<std::uint32_t>(text);
  return std::chrono::microseconds(interval.value_or(0));
}

Supervisor::Supervisor() {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr) return;
  const std::string name(path);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.empty() || name.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name[0] == '@') address.sun_path[0] = '\0';  // The abstract name space.
  files::Descriptor fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // An abstract name ends where its length says: with the whole structure it would be another name,
  // of zeroes.
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  if (fd.is_open() &&
      ::connect(fd.number(), reinterpret_cast<const sockaddr*>(&address), length) == 0)
    socket_ = std::move(fd);
}

void Supervisor::notify(std::string_view state) const {
  // A failure has no receiver, and the service runs all the same.
  if (socket_.is_open())
    static_cast<void>(::send(socket_.number(), state.data(), state.size(), MSG_NOSIGNAL));
}

}  // namespace restante::net
