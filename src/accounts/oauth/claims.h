// Whether the claims of a token let its user in: the issuer, the audience, the times, the scope and
// the name. Pure: the time is given. The same rules for a JWT's claims (RFC 9068 s.4) and for an
// introspection response (RFC 7662 s.2.2), whose members have the same names.
#pragma once

#include <string>

#include "accounts/oauth/strict_json.h"
#include "base/clock.h"

namespace restante::accounts::oauth {

struct ClaimRules {
  std::string issuer;
  std::string audience;            ///< Empty: not asked for.
  std::string scope;               ///< Names with blanks between; the token needs all of them.
  std::string name_claim = "sub";  ///< Whose value is the account's name.
  std::chrono::seconds leeway{30};
  bool complete = true;        ///< "iss", "exp" and, when one is asked for, "aud" must be there.
  bool times_as_text = false;  ///< A time may be digits in a text, as some issuers answer.
};

struct Grant {
  std::string name;  ///< As it stands in the token.
  WallTime expires = WallTime::max();
};

/// Errors: kAuth, with what is wrong but nothing of the values.
Result<Grant> check_claims(const json::object& claims, const ClaimRules& rules, WallTime now);

}  // namespace restante::accounts::oauth
