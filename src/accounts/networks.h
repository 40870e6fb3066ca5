// From where an account may log in: Dovecot's allow_nets. A value; the addresses are the clients'.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/result.h"

namespace restante::accounts {

class Networks {
 public:
  /// "192.0.2.0/24,2001:db8::/32,local", divided by commas or blanks; "local" is a Unix socket. An
  /// empty text is no network at all: it refuses every client. Errors: kSyntax, naming the word.
  static Result<Networks> parse(std::string_view text);

  /// `peer` is an IP address; empty: a Unix socket. What is no address is in no network.
  [[nodiscard]] bool contain(std::string_view peer) const;
  /// As parse() takes it.
  [[nodiscard]] std::string to_string() const;

  bool operator==(const Networks&) const = default;

 private:
  std::vector<IpNetwork> networks_;
  bool local_ = false;
};

}  // namespace restante::accounts
