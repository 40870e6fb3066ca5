#include "net/keepalive.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace restante::net {
namespace {

// Three, so that one lost packet is not taken for a lost peer.
constexpr int kProbes = 3;

void set(int fd, int level, int option, int value) {
  // A refusal is not a reason to refuse service.
  static_cast<void>(::setsockopt(fd, level, option, &value, sizeof value));
}

std::optional<tcp_info> info_of(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  // A Unix socket has no such state, and its peer's end is seen at once.
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  return info;
}

}  // namespace

// The first probe after half of the time, and the others in the rest.
void keep_alive(int listening_fd, std::chrono::seconds span) {
  const int seconds = static_cast<int>(span.count());
  set(listening_fd, SOL_SOCKET, SO_KEEPALIVE, seconds != 0 ? 1 : 0);
  if (seconds == 0) return;
  // Less than a second cannot be set, and zero is refused.
  const int interval = std::max(1, seconds / (2 * kProbes));
  set(listening_fd, IPPROTO_TCP, TCP_KEEPIDLE, std::max(1, seconds - kProbes * interval));
  set(listening_fd, IPPROTO_TCP, TCP_KEEPINTVL, interval);
  set(listening_fd, IPPROTO_TCP, TCP_KEEPCNT, kProbes);
}

// Time alone does not tell: a peer that has been silent for an hour is probed for the first time
// when our next answer goes out.
bool is_lost(int fd, std::chrono::seconds span) {
  const auto info = info_of(fd);
  if (!info) return false;
  // Unanswered data and unanswered probes are counted apart, and data on its way stops the probes.
  const int asked = std::max(info->tcpi_retransmits, info->tcpi_probes);
  return asked >= kProbes && std::chrono::milliseconds(info->tcpi_last_ack_recv) >= span;
}

bool says_lost(int error_number) {
  return error_number == ETIMEDOUT || error_number == EHOSTUNREACH || error_number == ENETUNREACH;
}

// A peer without room has nothing on its way to it, but TCP probes it again and again.
bool is_sending(int fd, std::chrono::seconds span) {
  const auto info = info_of(fd);
  return info && (info->tcpi_unacked != 0 || info->tcpi_backoff != 0) &&
         std::chrono::milliseconds(info->tcpi_last_ack_recv) < span;
}

}  // namespace restante::net
