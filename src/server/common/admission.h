// One connection's place among those that may be open, for as long as it lives.
#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include "base/ip.h"
#include "base/result.h"
#include "dial/endpoint.h"
#include "server/common/services.h"
#include "server/settings/config.h"

namespace restante::server {

class Admission {
 public:
  /// With guard::Verdict::kWelcome only: the place is given back when this ends.
  Admission(Services& services, const guard::Peer& peer) : services_(&services), peer_(peer) {
    services.metrics.connections_open.add();
  }
  Admission(Admission&& other) noexcept
      : services_(std::exchange(other.services_, nullptr)),
        peer_(other.peer_),
        logged_in_(other.logged_in_) {}
  Admission& operator=(Admission&& other) = delete;
  ~Admission() {
    if (services_ == nullptr) return;
    services_->metrics.connections_open.subtract();
    services_->gate.leave(peer_, logged_in_);
  }

  /// The connection counts among the strangers no more.
  void logged_in() {
    if (!std::exchange(logged_in_, true)) services_->gate.logged_in(peer_);
  }

  [[nodiscard]] const guard::Peer& peer() const { return peer_; }

 private:
  Services* services_;
  guard::Peer peer_;
  bool logged_in_ = false;
};

/// Or why not.
using Admitted = tl::expected<Admission, guard::Verdict>;

/// Counts a connection, or says (in the log, in the counters) why it is refused.
Admitted admit(Services& services, const guard::Rules& rules, settings::Protocol protocol,
               const net::Endpoint& endpoint);
/// The same for a proxy, whose connection counts for its client once that is known.
Admitted admit_proxy(Services& services, const guard::Rules& rules, settings::Protocol protocol,
                     const net::Endpoint& endpoint);

/// The same for a peer that is known as `peer`. LMTP, and SMTP of trusted networks, is the way in
/// of the operator's own mail: when all connections are taken, it has some that no other can take.
Admitted admit_as(Services& services, const guard::Rules& rules, settings::Protocol protocol,
                  const guard::Peer& peer, const net::Endpoint& endpoint);

/// A line in the log: the first, and one in ten seconds for each address.
void log_refusal(Services& services, const guard::Peer& peer, const net::Endpoint& endpoint,
                 std::string_view reason);

/// The address of a peer; nullopt for a Unix socket.
std::optional<IpAddress> ip_of(const net::Endpoint& endpoint);

}  // namespace restante::server
