// Addresses to listen on: "host:port", "[v6]:port", "unix:/path". Host is an IP address: names
// would make what the server listens on depend on a resolver.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::config {

/// "host:port", "[v6]:port", "unix:/path" or "systemd:NAME", taken apart.
struct Address {
  std::string host;        ///< An IP address; empty for a unix socket.
  std::uint16_t port = 0;  ///< 0: any free port.
  std::string unix_path;   ///< Empty for TCP.
  std::string passed_as;   ///< The name of a socket that systemd opened; then all else is empty.
  [[nodiscard]] std::string to_string() const;
};

/// The address with its host in canonical form, so that equal addresses compare equal as text.
/// Port 0 means any free port. Errors: kSyntax; the detail is a sentence for the operator.
Result<Address> parse_address(std::string_view text);

}  // namespace restante::config
