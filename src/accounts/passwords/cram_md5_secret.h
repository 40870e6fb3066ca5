// Dovecot's {CRAM-MD5}, which others call {HMAC-MD5}: the two states that HMAC-MD5 has after its
// key, first the outer, then the inner one, four little-endian words each. A thief of them can
// answer CRAM-MD5 challenges, so that they are as good as the password for that, but the password
// itself is not in them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_string.h"

namespace restante::accounts {

/// The states of a password, 32 bytes.
SecretString cram_md5_states(std::string_view password);

/// ok() when this is the password. `states` has 32 bytes. Errors: kAuth.
Status verify_cram_md5(std::string_view states, std::string_view password);

/// What a client that knows the password answers to `challenge`: 32 lower-case hexadecimal digits.
/// `states` has 32 bytes.
std::string cram_md5_answer(std::string_view states, std::string_view challenge);

}  // namespace restante::accounts
