// Where a copy of an account's mail goes, as an operator writes it: "lmtp:host:port",
// "smtp:host[:25]" or "account:name". Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::copies {

struct Target {
  enum class Kind : std::uint8_t { kLmtp, kSmtp, kAccount };
  Kind kind = Kind::kLmtp;
  std::string host;        ///< A name or an IP address; empty for an account.
  std::uint16_t port = 0;  ///< 0 for an account.
  std::string account{};   ///< Its address; empty for the others.

  bool operator==(const Target&) const = default;
};

/// Errors: kSyntax, with a sentence.
Result<Target> parse_target(std::string_view text);

/// The one way to write it, with its port.
std::string to_string(const Target& target);

}  // namespace restante::copies
