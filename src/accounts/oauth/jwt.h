// A JSON Web Token in JWS Compact Serialization (RFC 7515 s.7.1, RFC 7519): taken apart, and its
// signature checked. Pure. Whether what it claims suffices is claims.h's.
//
// Its header chooses among the issuer's own keys and among public-key algorithms, and nothing else:
// "none" and the HMACs are not known, "crit" is refused (RFC 7515 s.4.1.11), and key material or
// addresses in it ("jwk", "jku", "x5u", "x5c") are not looked at. A "kid" is compared, never used
// as a path or an address.
#pragma once

#include <string>
#include <string_view>

#include "accounts/oauth/jwk.h"
#include "accounts/oauth/strict_json.h"

namespace restante::accounts::oauth {

inline constexpr std::size_t kTokenBytesMax = 16U << 10;

struct Jwt {
  std::string algorithm;
  std::string type;  ///< "typ"; empty: none given.
  std::string kid;   ///< Empty: none given.
  json::object claims;
  std::string_view signed_part;  ///< Of the token that was parsed.
  std::string signature;
};

/// Whether the text has the form of a JWT, rather than of an opaque token.
bool looks_like_jwt(std::string_view token);

/// The token outlives what comes back. Errors: kSyntax, kLimit.
Result<Jwt> parse_jwt(std::string_view token);

/// Whether this key may verify it: by algorithm, kind, and kid where both have one.
bool fits(const Jwk& key, const Jwt& token);

/// ok() when `key` made the signature by `token.algorithm`. Errors: kAuth.
Status verify_signature(const Jwt& token, const Jwk& key);

}  // namespace restante::accounts::oauth
