// Peers that are gone without a word: a phone that left its network, a lid that was closed, a NAT
// that has forgotten. TCP finds them by probes. Accepted sockets inherit the settings of the
// listening one, so that a connection costs no system call for them.
//
// TCP_USER_TIMEOUT is left off on purpose. It would replace the count of unanswered probes, so that
// an idle peer that is gone were found only after that time. And it ends a peer that is there and
// answers but has no room for more. How long a peer may leave our octets unread is
// limits::kWriteTimeout, and Connection keeps to it.
#pragma once

#include <chrono>

namespace restante::net {

/// Connections accepted by this TCP socket from now on end by themselves when they are idle and
/// their peer's TCP has not answered for about `span` (at least 3 s count); 0: never.
void keep_alive(int listening_fd, std::chrono::seconds span);

/// The peer's TCP was asked several times, by octets sent to it or by probes, and has answered
/// nothing for `span`. False for other sockets than TCP's. Where octets are on their way, TCP
/// itself would go on for a quarter of an hour.
[[nodiscard]] bool is_lost(int fd, std::chrono::seconds span);

/// Whether this errno tells of a peer that is lost.
[[nodiscard]] bool says_lost(int error_number);

/// The kernel holds octets that the peer has not confirmed, and the peer's TCP has answered within
/// `span`. False for other sockets than TCP's.
[[nodiscard]] bool is_sending(int fd, std::chrono::seconds span);

}  // namespace restante::net
