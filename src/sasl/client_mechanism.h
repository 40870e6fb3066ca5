// SASL mechanisms, client side, behind one interface (RFC 4422), sans-IO like the server's: they
// see decoded messages; base64, "=" and "*" are the protocol's business. A mechanism that answers
// with an Error is of no more use, and the caller cancels the exchange. What a mechanism proves of
// the server is in finished(): a server that says +OK before that is not believed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_string.h"

namespace restante::sasl {

/// Who logs in, and with what.
struct ClientCredentials {
  std::string name;           ///< UTF-8.
  std::string authorization;  ///< Whom to act as; empty: as `name`.
  SecretString secret;        ///< A password or a token; unused by EXTERNAL.
};

/// One exchange. Used by one thread at a time; start() is called first, and once.
class ClientMechanism {
 public:
  virtual ~ClientMechanism() = default;
  /// The initial response, which may be empty; nullopt: the server speaks first. When the protocol
  /// has no room for one with the command, it answers an empty challenge. Errors: kSyntax, kLimit
  /// (the credentials cannot be said in this mechanism).
  virtual Result<std::optional<SecretString>> start() = 0;
  /// The answer to a challenge. Errors: kSyntax, kLimit, kState (the challenge breaks the rules),
  /// kAuth (the server is not who it should be, or has refused).
  virtual Result<SecretString> respond(std::string_view challenge) = 0;
  /// We have said all there is to say, and the server has proved what this mechanism makes it
  /// prove.
  [[nodiscard]] virtual bool finished() const = 0;
};

}  // namespace restante::sasl
