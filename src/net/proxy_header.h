// The PROXY protocol, versions 1 and 2 (haproxy's proxy-protocol.txt): the line or the block in
// which a load balancer first names the client whose connection it passes on. Pure: fed octets as
// they are peeked at, it says how many of them belong to the header and never asks for one more, so
// that what follows (a TLS handshake, too) stays in the socket.
//
// Strict where the protocol is: a header that is not exactly one is an error, never skipped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dial/endpoint.h"

namespace restante::net {

class ProxyHeaderReader {
 public:
  /// A version 2 header longer than that is refused; version 1 has 107 octets at most.
  static constexpr std::size_t kBytesMax = 4096;

  /// How many octets at the front of `peeked` are the header's: at least 1 while there are any.
  /// They are kept: take them out of the socket. Errors: kSyntax.
  Result<std::size_t> take(std::string_view peeked);
  [[nodiscard]] bool is_done() const { return done_; }

  /// The client, once done. nullopt: the proxy speaks for itself (LOCAL), or cannot say (UNKNOWN,
  /// AF_UNSPEC, a Unix socket): the connection's own address holds.
  [[nodiscard]] const std::optional<Endpoint>& client() const { return client_; }
  /// The TLS that this client speaks with the proxy, as ProxyTlvs has it.
  [[nodiscard]] const std::optional<std::string>& client_tls() const { return tls_; }

 private:
  [[nodiscard]] Result<std::size_t> wanted(std::string_view peeked) const;
  Status finish();
  Status finish_v1();
  Status finish_v2();

  std::string header_;
  bool done_ = false;
  std::optional<Endpoint> client_;
  std::optional<std::string> tls_;
};

}  // namespace restante::net
