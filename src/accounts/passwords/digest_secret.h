// Secrets that are one round of a digest, plain or salted: what LDAP servers make of passwords
// (RFC 2307 s.5.3 and its successors: {SHA}, {SSHA}, {SMD5}, the same over SHA-2) and Dovecot's
// {PLAIN-MD5} and {LDAP-MD5}: the digest and, after it, the salt. Cheap to try by the billion, so
// that nothing new is hashed with them; what a directory holds must verify.
#pragma once

#include <string_view>

#include "accounts/passwords/password_scheme.h"
#include "base/result.h"

namespace restante::accounts {

/// ok() when `raw`, decoded, has the right length. Errors: kSyntax.
Status check_digest_secret(const PasswordScheme& scheme, std::string_view raw);
/// ok() when this is the password. `raw` must have been checked. Errors: kAuth, kIo.
Status verify_digest_secret(const PasswordScheme& scheme, std::string_view raw,
                            std::string_view password);

}  // namespace restante::accounts
