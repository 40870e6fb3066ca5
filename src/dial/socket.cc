#include "dial/socket.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <string>

#include "files/errors.h"

namespace restante::net {
namespace {

Error failed(const char* call, int number) {
  // A peer that cut the connection is told from a fault of ours: the caller tries again.
  if (number == EPIPE || number == ECONNRESET)
    return Error(Errc::kClosed, "the connection was cut");
  return files::io_error(std::string(call), number);
}

bool must_wait(int number) { return number == EAGAIN || number == EWOULDBLOCK || number == EINTR; }

}  // namespace

int Patience::left() const {
  const auto wait =
      // Rounded up: a wait of less than a millisecond would be none, and the loop would spin.
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(
      std::clamp<std::int64_t>(wait.count(), 0, std::numeric_limits<int>::max()));
}

Error stopped() { return Error(Errc::kState, "stopped"); }

Status wait_for(int socket, short events, const Patience& patience) {
  std::array<pollfd, 2> waits = {pollfd{patience.stop.descriptor(), POLLIN, 0},
                                 pollfd{socket, events, 0}};
  for (;;) {
    const int left = patience.left();
    const int ready = ::poll(waits.data(), waits.size(), left);
    if (ready < 0 && errno != EINTR) return failed("poll", errno);
    // Stop before input: a server that sends without a pause must not keep us.
    if (ready > 0 && waits[0].revents != 0) return stopped();
    if (ready > 0) return ok();
    // poll() may come back early by its own clock.
    if (ready == 0 && patience.left() == 0) return Error(Errc::kTimeout);
  }
}

Status send_all(int socket, std::string_view bytes, const Patience& patience) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (!must_wait(errno)) return failed("send", errno);
    RESTANTE_CHECKED(wait_for(socket, POLLOUT, patience));
  }
  return ok();
}

Result<std::size_t> receive_some(int socket, MutableBytes target, const Patience& patience) {
  for (;;) {
    // First, so that a server which never pauses cannot keep us from stopping.
    RESTANTE_CHECKED(wait_for(socket, POLLIN, patience));
    const ssize_t count = ::recv(socket, target.data(), target.size(), 0);
    if (count > 0) return static_cast<std::size_t>(count);
    if (count == 0) return Error(Errc::kClosed, "the server has ended the connection");
    if (!must_wait(errno)) return failed("recv", errno);
  }
}

Status receive_exactly(int socket, MutableBytes target, const Patience& patience) {
  while (!target.empty()) {
    RESTANTE_TRY(const std::size_t count, receive_some(socket, target, patience));
    target = target.subspan(count);
  }
  return ok();
}

}  // namespace restante::net
