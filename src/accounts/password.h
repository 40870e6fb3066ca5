// Passwords against stored secrets, and new secrets.
//
// A secret is "{SCHEME}data", or a bare crypt(3) string "$…". Known: PLAIN (CLEARTEXT), CRYPT,
// YESCRYPT, SHA512-CRYPT, SHA256-CRYPT, BLF-CRYPT, MD5-CRYPT, ARGON2ID, ARGON2I, and LDAP's
// SHA, SSHA, SHA256, SSHA256, SHA512, SSHA512. A secret of any
// other scheme is an error and never matches. Weak: an imported secret may ask for any amount of
// work (rounds, memory); whoever may import is trusted not to.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::accounts {

/// ok() when this is the password. Takes as long as the scheme does. Callable from any thread.
/// Errors: kAuth (it is not), kSyntax (unknown scheme or malformed secret), kIo (no memory).
Status verify_password(std::string_view secret, std::string_view password);

/// "{ARGON2ID}$argon2id$v=19$m=19456,t=2,p=1$…" with a fresh salt. Takes some 20 ms and 19 MiB.
/// Errors: kSyntax (empty, or with a NUL, CR or LF, which no login could send), kLimit (longer than
/// limits.h allows), kIo (no memory).
Result<std::string> make_secret(std::string_view password);

/// The secret of a password that nobody knows. Costs nothing to make.
std::string unknown_secret();

/// ok() when verify_password could match it. Errors: kSyntax, saying what is wrong.
Status check_secret(std::string_view secret);
/// The same as a question.
bool is_known_scheme(std::string_view secret);

/// "ARGON2ID", "SHA512-CRYPT", …: what `account list` may show of a secret; "CRYPT" for a bare
/// crypt(3) string; empty when it has no scheme at all.
std::string scheme_of(std::string_view secret);

/// Overwrites what the string holds, in a way that no compiler leaves out, and empties it.
void wipe(std::string& text);

}  // namespace restante::accounts
