// Passwords against stored secrets, and new secrets.
//
// A secret is "{SCHEME}data", or a bare crypt(3) string "$…". Known: PLAIN (CLEARTEXT), CRYPT,
// YESCRYPT, SHA512-CRYPT, SHA256-CRYPT, BLF-CRYPT, MD5-CRYPT, ARGON2ID, ARGON2I, SCRAM-SHA-256,
// SCRAM-SHA-1, and LDAP's SHA, SSHA, SHA256, SSHA256, SHA512, SSHA512. A secret of any other scheme
// is an error and never matches. Weak: an imported secret may ask for any amount of work (rounds,
// memory); whoever may import is trusted not to.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_string.h"
#include "sasl/scram_keys.h"

namespace restante::accounts {

/// ok() when this is the password, as SASLprep (RFC 4013) makes it or as it is. Takes as long as
/// the scheme does, twice when those two differ. Callable from any thread. Errors: kAuth (it is
/// not), kSyntax (unknown scheme or malformed secret), kIo (no memory).
Status verify_password(std::string_view secret, std::string_view password);

/// How a new secret is made.
enum class NewScheme : std::uint8_t { kArgon2id, kScramSha256 };
struct SecretSettings {
  NewScheme scheme = NewScheme::kArgon2id;
  std::uint32_t scram_iterations = 16384;
};

/// "{ARGON2ID}$argon2id$v=19$m=19456,t=2,p=1$…" or "{SCRAM-SHA-256}…", with a fresh salt, of the
/// password as SASLprep makes it. argon2id takes some 20 ms and 19 MiB. Errors: kSyntax (empty, or
/// with a NUL, CR or LF, which no login could send; for SCRAM also what SASLprep prohibits), kLimit
/// (longer than limits.h allows), kIo (no memory).
Result<std::string> make_secret(std::string_view password, const SecretSettings& settings = {});

/// ok() when verify_password could match it. Errors: kSyntax, saying what is wrong.
Status check_secret(std::string_view secret);
/// The same as a question.
bool is_known_scheme(std::string_view secret);

/// "ARGON2ID", "SHA512-CRYPT", …: what `account list` may show of a secret; "CRYPT" for a bare
/// crypt(3) string; empty when it has no scheme at all.
std::string scheme_of(std::string_view secret);

/// The password of a {PLAIN} secret; empty: it is of another scheme.
SecretString clear_password(std::string_view secret);

}  // namespace restante::accounts
