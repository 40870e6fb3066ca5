// SASL mechanisms, server side, as state machines behind one interface (RFC 4422). Sans-IO: they
// see decoded messages. How a message is carried ("=" for an empty initial response, "*" for
// cancel, base64, line limits) is the protocol's business, and whether a password is right the
// driver's. A mechanism that needs more of the driver than a password check (a stored key, a token
// check, the certificate's name) adds an alternative to Step.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace restante::sasl {

/// Send these bytes to the client and pass its answer to respond().
struct Challenge {
  std::string bytes;
};

/// The exchange is over when these are right. `authorization` is the authzid; empty: as `name`.
struct Credentials {
  std::string name;
  std::string authorization;
  std::string password;
};

/// Errors: kSyntax, kLimit; then the exchange has failed and the mechanism is of no more use.
using Step = std::variant<Challenge, Credentials, Error>;

/// One exchange. Used by one thread at a time.
class ServerMechanism {
 public:
  virtual ~ServerMechanism() = default;
  /// `initial` is the client's initial response, which may be empty; std::nullopt: it sent none.
  virtual Step start(std::optional<std::string_view> initial) = 0;
  /// The answer to the last challenge.
  virtual Step respond(std::string_view response) = 0;
};

/// What may be offered.
struct MechanismInfo {
  std::string_view name;        ///< As in CAPA and AUTH; compared without regard to case.
  bool sends_password = false;  ///< In clear: not for a channel that anyone can read.
  std::unique_ptr<ServerMechanism> (*make)() = nullptr;
};

/// Every mechanism, the preferred first.
std::span<const MechanismInfo> server_mechanisms();
/// The one of this name, or nullptr.
const MechanismInfo* find_server_mechanism(std::string_view name);

}  // namespace restante::sasl
