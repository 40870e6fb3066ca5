// How much anybody may have at once and in a minute: the numbers that a Gate holds peers to. 0 is
// no limit, but for `connections`.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/ip.h"

namespace restante::guard {

struct Rules {
  std::uint64_t connections = 10000;     ///< Open at once, over all.
  std::uint64_t intake_connections = 0;  ///< More, for mail that comes in alone.
  std::uint64_t connections_per_address = 0;
  std::uint64_t connections_per_minute = 0;         ///< Of one address.
  std::uint64_t logins_per_minute = 0;              ///< Attempts of one address.
  std::uint64_t account_logins_per_minute = 0;      ///< Successful ones of one account.
  std::uint64_t failed_logins = 0;                  ///< Of one address, then it is refused unheard.
  std::chrono::seconds failed_login_delay{0};       ///< The longest.
  std::uint64_t commands_per_minute = 0;            ///< Of one account.
  std::uint64_t bytes_per_minute = 0;               ///< Of one account, both ways.
  std::uint64_t refused_recipients_per_minute = 0;  ///< Of one address; then they are late.
  std::uint64_t spool_per_address = 0;              ///< Octets of unfinished mail.
  std::vector<IpNetwork> trusted;                   ///< Only `connections` holds for these.
};

}  // namespace restante::guard
