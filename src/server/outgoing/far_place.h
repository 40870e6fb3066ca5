// Another machine's door: a host's name and a port. The only places that the server ever connects
// to are those that its configuration names.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace restante::server {

struct FarPlace {
  std::string host;  ///< A name or an IP address, as configured.
  std::uint16_t port = 0;

  auto operator<=>(const FarPlace&) const = default;
  /// "old.example:995", "[2001:db8::1]:995".
  [[nodiscard]] std::string to_string() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
  }
};

}  // namespace restante::server
