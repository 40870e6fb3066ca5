// Dovecot's {PBKDF2}: "$1$salt$rounds$hash", HMAC-SHA-1, the salt as it stands, the hash in
// hexadecimal digits.
#pragma once

#include <string_view>

#include "base/result.h"

namespace restante::accounts {

/// ok() when `data` is of this form and asks for no more work than hash_cost.h allows. Errors:
/// kSyntax.
Status check_pbkdf2(std::string_view data);
/// ok() when this is the password. Errors: kAuth, kSyntax.
Status verify_pbkdf2(std::string_view data, std::string_view password);

}  // namespace restante::accounts
