// The keys of [limits] that a Gate enforces.
#include "config/keys.h"
#include "guard/rules.h"

namespace restante::guard {
namespace {

using namespace std::chrono_literals;
using config::Count;
using config::Duration;
using config::key;
using config::kNetworks;
using config::Size;

// What a peer may do in a minute, or have at once.
constexpr std::uint64_t kRateLimitMax = 1'000'000'000;
constexpr std::uint64_t kBytesPerMinuteMax = 64ULL << 30;  // Faster than any disk.
constexpr std::uint64_t kSpoolMax = 1ULL << 50;

}  // namespace

const config::Keys<Rules>& keys() {
  static const config::Keys<Rules> keys = {
      key("connections", &Rules::connections, Count(1, 1'000'000),
          "Open at once, over all listeners."),
      key("intake_connections", &Rules::intake_connections, Count(0, 10'000),
          "Beyond those, for LMTP, and for SMTP from `limits.trusted_networks`: when all others "
          "are taken, mail still comes in."),
      key("connections_per_address", &Rules::connections_per_address, Count(0, kRateLimitMax),
          "Open at once from one address: an IPv4 address, or the /64 of an IPv6 address. 0, here "
          "and below: no limit."),
      key("connections_per_minute", &Rules::connections_per_minute, Count(0, kRateLimitMax),
          "New ones from one address."),
      key("logins_per_minute", &Rules::logins_per_minute, Count(0, kRateLimitMax),
          "Attempts from one address."),
      key("account_logins_per_minute", &Rules::account_logins_per_minute, Count(0, kRateLimitMax),
          "Successful ones of one account; beyond it `-ERR [LOGIN-DELAY]`."),
      key("failed_logins", &Rules::failed_logins, Count(0, 1000),
          "After this many wrong passwords an address is refused unheard; one a minute is "
          "forgotten."),
      key("failed_login_delay", &Rules::failed_login_delay, Duration(0s, 30s),
          "The answer to a wrong password comes after 1, 2, 4, … seconds, at most this."),
      key("commands_per_minute", &Rules::commands_per_minute, Count(0, kRateLimitMax),
          "Of one account; further ones are slowed down, not refused."),
      key("bytes_per_minute", &Rules::bytes_per_minute, Size(0, kBytesPerMinuteMax),
          "The same for octets, read and sent."),
      key("refused_recipients_per_minute", &Rules::refused_recipients_per_minute,
          Count(0, kRateLimitMax),
          "Of one address; a further recipient is refused later, by at most 10 seconds."),
      key("spool_per_address", &Rules::spool_per_address, Size(0, kSpoolMax),
          "Octets of unfinished mail from one address; beyond it 452 4.3.1. Never less than "
          "`limits.message_size`."),
      key("trusted_networks", &Rules::trusted, kNetworks,
          "For them and for Unix sockets only `limits.connections` holds of these limits. See "
          "[limits.md](limits.md)."),
  };
  return keys;
}

}  // namespace restante::guard
