// XCLIENT's arguments: what a proxy says of its client, in SMTP and LMTP (Postfix's XCLIENT_README)
// and in POP3 (as Dovecot's login proxy says it). Pure; whether the proxy is believed is decided
// elsewhere. LOGIN, NAME and the like are read and dropped: none of them logs a client in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip.h"
#include "base/result.h"

namespace restante {

/// The attributes that we say we know, in the answer to EHLO.
inline constexpr std::string_view kXClientAttributes =
    "NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT";

struct XClient {
  /// Whether the client speaks TLS with the proxy, where that is said (CLIENT-TRANSPORT).
  enum class Transport : std::uint8_t { kUnsaid, kTls, kClear };

  std::optional<IpAddress> address;  ///< nullopt: not said, or the proxy does not know.
  std::uint16_t port = 0;            ///< 0: the same.
  Transport transport = Transport::kUnsaid;
  std::string session;  ///< The proxy's name for the session, for the log.
};

/// "NAME=value" words between blanks, values in xtext, as in DSN parameters. Words of other names
/// are skipped: a newer proxy says more. Errors: kSyntax.
Result<XClient> parse_xclient(std::string_view arguments);

}  // namespace restante
