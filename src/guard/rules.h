// How much anybody may have at once and in a minute: the numbers that a Gate holds peers to. 0 is
// no limit, but for `connections`.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/ip.h"
#include "base/limits.h"
#include "config/keys_fwd.h"

namespace restante::guard {

struct Rules {
  std::uint64_t connections = limits::kConnectionsMax;  ///< Open at once, over all.
  std::uint64_t intake_connections =
      limits::kIntakeConnections;  ///< More, for mail that comes in alone.
  std::uint64_t connections_per_address = limits::kConnectionsPerAddress;
  std::uint64_t connections_per_minute = limits::kConnectionsPerMinute;  ///< Of one address.
  std::uint64_t logins_per_minute = limits::kLoginsPerMinute;  ///< Attempts of one address.
  std::uint64_t account_logins_per_minute = 0;                 ///< Successful ones of one account.
  std::uint64_t failed_logins =
      limits::kFailedLogins;  ///< Of one address, then it is refused unheard.
  std::chrono::seconds failed_login_delay = limits::kFailedLoginDelay;  ///< The longest.
  std::uint64_t commands_per_minute = 0;                                ///< Of one account.
  std::uint64_t bytes_per_minute = 0;  ///< Of one account, both ways.
  std::uint64_t refused_recipients_per_minute =
      limits::kRefusedRecipientsPerMinute;  ///< Of one address; then they are late.
  std::uint64_t spool_per_address = limits::kSpoolPerAddress;  ///< Octets of unfinished mail.
  std::vector<IpNetwork> trusted = {
      IpNetwork::loopback_v4(), IpNetwork::loopback_v6()};  ///< Only `connections` holds for these.
};

/// Of [limits].
const config::Keys<Rules>& keys();

}  // namespace restante::guard
