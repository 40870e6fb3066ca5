// The owner of a bearer token: the interface between the login (OAUTHBEARER, XOAUTH2) and the code
// that can tell (oauth/). It says nothing of whether there is such an account, or whether it is
// enabled: that is the Directory's.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::accounts {

/// Callable from any thread; may block for as long as its issuer takes to answer: not for an event
/// loop.
class TokenVerifier {
 public:
  virtual ~TokenVerifier() = default;

  /// The canonical name of the account that the token was issued for. `claimed_name` is what the
  /// client says it is, as it came, and has to lead to the same name; empty: the client leaves it
  /// to the token. Neither is kept or logged. Errors: kAuth (not a good token, or not for that
  /// name), kIo (the issuer cannot be asked: never to be taken for a bad token).
  virtual Result<std::string> verify(std::string_view token, std::string_view claimed_name) = 0;
};

}  // namespace restante::accounts
