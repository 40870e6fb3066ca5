// The address of another server for accounts, as an operator writes it: "pop3s://old.example:995"
// for its POP3 server, "old.example:24" for the server that takes their mail by LMTP. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::config {

struct FarAddress {
  std::string host;  ///< A name or an IP address.
  std::uint16_t port = 0;
  bool implicit_tls = false;  ///< "pop3s://"; with "pop3://" TLS is begun by STLS.

  bool operator==(const FarAddress&) const = default;
};

/// "pop3s://host[:995]", or "pop3://host[:110]". Errors: kSyntax, with a sentence.
Result<FarAddress> parse_far_pop3(std::string_view text);
/// "host[:24]". Errors: kSyntax, with a sentence.
Result<FarAddress> parse_far_lmtp(std::string_view text);

/// The one way to write it, with its port.
std::string far_pop3_text(const FarAddress& address);
std::string far_lmtp_text(const FarAddress& address);

}  // namespace restante::config
