// An issuer's public keys: a JWK Set (RFC 7517) taken apart into keys that can verify a signature.
// Pure: where the text comes from is key_source.h's. Keys that we cannot use (another type, another
// use, symmetric, too small) are left out (RFC 7517 s.5); a text that is no key set is an error.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace restante::accounts::oauth {

enum class KeyKind : std::uint8_t { kRsa, kP256, kP384, kP521, kEd25519 };

struct Jwk {
  KeyKind kind = KeyKind::kRsa;
  std::string kid;                ///< Empty: it has none.
  std::string algorithm;          ///< The only one that it may verify; empty: any of its kind.
  std::shared_ptr<EVP_PKEY> key;  ///< Public; safe to share between threads.
};

using Jwks = std::vector<Jwk>;

inline constexpr std::size_t kJwksBytesMax = 256U << 10;
inline constexpr std::size_t kJwksKeysMax = 64;  ///< Further ones are left out.

/// Errors: kSyntax, kLimit.
Result<Jwks> parse_jwks(std::string_view text);

}  // namespace restante::accounts::oauth
