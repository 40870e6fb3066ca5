// IP addresses and networks as values: for trusting, counting and printing peers. Knows no sockets
// and asks no resolver.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante {

/// An IPv4 or IPv6 address. IPv4 is kept as ::ffff:a.b.c.d (RFC 4291 s.2.5.5.2), so that a client
/// is one and the same whichever kind of socket it came to.
class IpAddress {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  IpAddress() = default;  ///< "::", the address of no host.
  explicit IpAddress(const Bytes& bytes) : bytes_(bytes) {}
  /// The four octets of an IPv4 address, in network order.
  static IpAddress v4(std::span<const std::uint8_t, 4> octets);
  /// "192.0.2.1", "2001:db8::1"; no port, no brackets, no zone. Errors: kSyntax.
  static Result<IpAddress> parse(std::string_view text);

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] bool is_v4() const;
  /// The first `bits` (0..128) as they are, the rest zero.
  [[nodiscard]] IpAddress masked(unsigned bits) const;
  /// Canonical: "192.0.2.1" also for ::ffff:192.0.2.1 (RFC 5952 s.4 for the others).
  [[nodiscard]] std::string to_string() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  Bytes bytes_{};
};

/// All addresses that begin alike.
class IpNetwork {
 public:
  /// "192.0.2.0/24", "2001:db8::/32", or one address. Errors: kSyntax; the detail is a sentence for
  /// the operator, also when bits behind the prefix are set.
  static Result<IpNetwork> parse(std::string_view text);

  static IpNetwork loopback_v4();  ///< 127.0.0.0/8
  static IpNetwork loopback_v6();  ///< ::1

  [[nodiscard]] bool contains(const IpAddress& address) const {
    return address.masked(bits_) == first_;
  }
  [[nodiscard]] std::string to_string() const;

  bool operator==(const IpNetwork&) const = default;

 private:
  IpNetwork(const IpAddress& first, unsigned bits) : first_(first), bits_(bits) {}

  IpAddress first_;
  unsigned bits_;  // Of the 128, also for IPv4.
};

/// True when one of `networks` contains the address.
bool contains(std::span<const IpNetwork> networks, const IpAddress& address);

}  // namespace restante
