// PBKDF2 as programs store it, the digest by the scheme's name:
// - Dovecot's {PBKDF2}: "$1$salt$rounds$hash", SHA-1, the salt as it stands, the hash in
// hexadecimal
//   digits;
// - OpenLDAP's, passlib's and 389 Directory Server's {PBKDF2}, {PBKDF2-SHA1}, {PBKDF2-SHA256},
//   {PBKDF2-SHA512}: "rounds$salt$hash", base64 with "." or "+" and without padding;
// - 389 Directory Server's older {PBKDF2_SHA256}, packed: rounds, salt and hash in one piece.
#pragma once

#include <string_view>

#include "accounts/passwords/password_scheme.h"
#include "base/result.h"

namespace restante::accounts {

/// ok() when `data` is of the scheme's form and asks for no more work than hash_cost.h allows.
/// Errors: kSyntax.
Status check_pbkdf2(const PasswordScheme& scheme, std::string_view data);
/// ok() when this is the password. Errors: kAuth, kSyntax, kIo (it cannot be hashed).
Status verify_pbkdf2(const PasswordScheme& scheme, std::string_view data,
                     std::string_view password);

}  // namespace restante::accounts
