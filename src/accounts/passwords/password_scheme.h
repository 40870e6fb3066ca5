// How a stored secret is written, "{SCHEME}data" or "{SCHEME.ENCODING}data", and which schemes
// there are: those that passwords can be compared with, and, by name and reason, those of other
// programs that cannot be compared here. Names and encodings are Dovecot's, and those that
// slappasswd, OpenLDAP's modules and 389 Directory Server write.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_string.h"

namespace restante::accounts {

enum class SecretKind : std::uint8_t {
  kPlain,
  kCrypt,
  kArgon2,
  kScram,
  kDigest,        ///< digest_secret.h
  kPbkdf2,        ///< pbkdf2_secret.h
  kPbkdf2Packed,  ///< The same, as 389 Directory Server had it first.
  kCramMd5,       ///< cram_md5_secret.h
  kMd5,           ///< MD5-CRYPT or PLAIN-MD5, by its data.
};
enum class SecretEncoding : std::uint8_t { kNone, kHex, kBase64 };
enum class SecretDigest : std::uint8_t { kMd5, kSha1, kSha256, kSha384, kSha512 };

struct PasswordScheme {
  std::string_view name;
  SecretKind kind = SecretKind::kPlain;
  SecretEncoding encoding = SecretEncoding::kNone;  ///< Where the secret names none.
  std::size_t raw_bytes = 0;  ///< Of the decoded data; 0: not always the same.
  SecretDigest digest = SecretDigest::kMd5;
  bool salted = false;                         ///< Digests: the salt follows.
  std::array<std::string_view, 4> prefixes{};  ///< What its data may start with; none given: any.
};

/// A secret taken apart. Views into it.
struct SecretForm {
  std::string_view scheme;  ///< As written, without the encoding; empty: the secret has none.
  std::optional<SecretEncoding> encoding;
  std::string_view data;
};

/// A bare "$…" is CRYPT, or ARGON2I and ARGON2ID by its own prefix.
SecretForm split_secret(std::string_view secret);

/// Null: none that passwords can be compared with.
const PasswordScheme* find_scheme(std::string_view name);

/// "scheme NTLM cannot be verified: …", for a name that find_scheme() does not know.
std::string why_not_verified(std::string_view name);

/// The data out of its encoding. Where none is named, hexadecimal digits and base64 are told apart
/// by their number, as Dovecot does it. Errors: kSyntax.
Result<SecretString> decode_data(const PasswordScheme& scheme, const SecretForm& form);

}  // namespace restante::accounts
