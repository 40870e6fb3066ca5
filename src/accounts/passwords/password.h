// Passwords against stored secrets, and new secrets.
//
// A secret is "{SCHEME}data", "{SCHEME.HEX}data" or "{SCHEME.B64}data", or a bare crypt(3) string
// "$…". Known are the schemes of password_scheme.cc, which are nearly all of Dovecot's. A secret of
// any other scheme is an error that names it, and never matches; so is one that asks for more work
// than hash_cost.h allows.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_string.h"
#include "sasl/scram_keys.h"

namespace restante::accounts {

/// ok() when this is the password, as SASLprep (RFC 4013) makes it or as it is. Takes as long as
/// the scheme does, twice when those two differ. Callable from any thread. Errors: kAuth (it is
/// not), kSyntax (as check_secret()), kIo (no memory).
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

/// ok() when verify_password could match it. Errors: kSyntax, saying what is wrong and naming the
/// scheme, never repeating the secret.
Status check_secret(std::string_view secret);
/// The same as a question.
bool is_known_scheme(std::string_view secret);

/// "ARGON2ID", "SHA512-CRYPT", …: what `account list` may show of a secret; "CRYPT" for a bare
/// crypt(3) string; empty when it has no scheme at all.
std::string scheme_of(std::string_view secret);

/// The password of a {PLAIN} secret; empty: it is of another scheme.
SecretString clear_password(std::string_view secret);

/// What CRAM-MD5 challenges can be answered with (cram_md5_secret.h), of a {PLAIN} or a {CRAM-MD5}
/// secret; empty: it is of another scheme.
SecretString digest_states(std::string_view secret);

}  // namespace restante::accounts
