#include "accounts/passwords/password_scheme.h"

#include <sodium.h>

#include <algorithm>
#include <vector>

#include "base/ascii.h"

namespace restante::accounts {
namespace {

using Encoding = SecretEncoding;
using Digest = SecretDigest;
using Kind = SecretKind;

constexpr std::size_t kMd5Bytes = 16;
// Longer is no scheme, and is not repeated in a log.
constexpr std::size_t kSchemeNameBytesMax = 24;

// The names of one scheme stand together. Salted digests have no fixed length.
constexpr std::array<PasswordScheme, 41> kSchemes = {{
    {"PLAIN"},
    {"CLEAR"},
    {"CLEARTEXT"},
    {"CRYPT", Kind::kCrypt},
    {"DES-CRYPT", Kind::kCrypt},
    {.name = "YESCRYPT", .kind = Kind::kCrypt, .prefixes = {"$y$", "$gy$"}},
    {.name = "SHA512-CRYPT", .kind = Kind::kCrypt, .prefixes = {"$6$"}},
    {.name = "SHA256-CRYPT", .kind = Kind::kCrypt, .prefixes = {"$5$"}},
    {.name = "BLF-CRYPT", .kind = Kind::kCrypt, .prefixes = {"$2a$", "$2b$", "$2y$", "$2x$"}},
    {.name = "BCRYPT", .kind = Kind::kCrypt, .prefixes = {"$2a$", "$2b$", "$2y$", "$2x$"}},
    {.name = "MD5-CRYPT", .kind = Kind::kCrypt, .prefixes = {"$1$"}},
    // 389 Directory Server's names.
    {.name = "CRYPT-MD5", .kind = Kind::kCrypt, .prefixes = {"$1$"}},
    {.name = "CRYPT-SHA256", .kind = Kind::kCrypt, .prefixes = {"$5$"}},
    {.name = "CRYPT-SHA512", .kind = Kind::kCrypt, .prefixes = {"$6$"}},
    {.name = "GOST_YESCRYPT", .kind = Kind::kCrypt, .prefixes = {"$gy$"}},
    {"MD5", Kind::kMd5, Encoding::kHex, kMd5Bytes, Digest::kMd5},
    {.name = "ARGON2ID", .kind = Kind::kArgon2, .prefixes = {"$argon2id$"}},
    {.name = "ARGON2I", .kind = Kind::kArgon2, .prefixes = {"$argon2i$"}},
    // slappasswd's.
    {.name = "ARGON2", .kind = Kind::kArgon2, .prefixes = {"$argon2id$", "$argon2i$"}},
    {"SCRAM-SHA-256", Kind::kScram},
    {"SCRAM-SHA-1", Kind::kScram},
    {.name = "PBKDF2", .kind = Kind::kPbkdf2, .digest = Digest::kSha1},
    {.name = "PBKDF2-SHA1", .kind = Kind::kPbkdf2, .digest = Digest::kSha1},
    {.name = "PBKDF2-SHA256", .kind = Kind::kPbkdf2, .digest = Digest::kSha256},
    {.name = "PBKDF2-SHA512", .kind = Kind::kPbkdf2, .digest = Digest::kSha512},
    {"PBKDF2_SHA256", Kind::kPbkdf2Packed, Encoding::kBase64, 0, Digest::kSha256},
    {"CRAM-MD5", Kind::kCramMd5, Encoding::kHex, 2 * kMd5Bytes},
    {"HMAC-MD5", Kind::kCramMd5, Encoding::kHex, 2 * kMd5Bytes},
    {"SHA", Kind::kDigest, Encoding::kBase64, 20, Digest::kSha1},
    {"SHA1", Kind::kDigest, Encoding::kBase64, 20, Digest::kSha1},
    {"SHA256", Kind::kDigest, Encoding::kBase64, 32, Digest::kSha256},
    {"SHA384", Kind::kDigest, Encoding::kBase64, 48, Digest::kSha384},
    {"SHA512", Kind::kDigest, Encoding::kBase64, 64, Digest::kSha512},
    {"PLAIN-MD5", Kind::kDigest, Encoding::kHex, kMd5Bytes, Digest::kMd5},
    {"LDAP-MD5", Kind::kDigest, Encoding::kBase64, kMd5Bytes, Digest::kMd5},
    {"SMD5", Kind::kDigest, Encoding::kBase64, 0, Digest::kMd5, true},
    {"SSHA", Kind::kDigest, Encoding::kBase64, 0, Digest::kSha1, true},
    {"SSHA1", Kind::kDigest, Encoding::kBase64, 0, Digest::kSha1, true},
    {"SSHA256", Kind::kDigest, Encoding::kBase64, 0, Digest::kSha256, true},
    {"SSHA384", Kind::kDigest, Encoding::kBase64, 0, Digest::kSha384, true},
    {"SSHA512", Kind::kDigest, Encoding::kBase64, 0, Digest::kSha512, true},
}};

struct Named {
  std::string_view name;
  std::string_view reason;
};
constexpr std::string_view kAskedByBind =
    "another service has the password; an LDAP server that knows that service asks it at a bind "
    "(accounts.password = \"bind\")";
constexpr std::string_view kReversible = "it is encrypted with a key of the LDAP server";
constexpr std::string_view kOneTime =
    "it is of one-time passwords, and each login would have to change it";
// Named with a reason each: an operator who moves here has to know what to do with them.
constexpr std::array<Named, 17> kNotVerified = {{
    {"PLAIN-MD4", "MD4 is no longer in the libraries used here"},
    {"NTLM", "it is made with MD4, which is no longer in the libraries used here"},
    {"LANMAN", "it keeps 14 letters in upper case, in two halves that are guessed in seconds"},
    {"RPA", "it is of a mechanism that is not offered here"},
    {"DIGEST-MD5", "it is bound to a realm of a mechanism that is not offered here"},
    {"OTP", kOneTime},
    {"SKEY", kOneTime},
    {"SASL", kAskedByBind},
    {"KERBEROS", kAskedByBind},
    {"K5KEY", kAskedByBind},
    {"RADIUS", kAskedByBind},
    {"UNIX", kAskedByBind},
    {"AES", kReversible},
    {"DES", kReversible},
    {"NS-MTA-MD5", "it is of a mail server of the last century"},
    {"PLAIN-TRUNC", "it keeps only the beginning of the password"},
    {"GSSAPI", "it stands for a mechanism that is not offered here"},
}};

/// Whether it may be repeated in a log: text between braces may be a part of a password.
bool could_be_name(std::string_view name) {
  return !name.empty() && name.size() <= kSchemeNameBytesMax &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_alpha(c) || is_digit(c) ||
                  std::string_view("-._").find(c) != std::string_view::npos;
         });
}

std::optional<Encoding> encoding_of(std::string_view suffix) {
  if (equals_ignore_case(suffix, "HEX")) return Encoding::kHex;
  if (equals_ignore_case(suffix, "B64") || equals_ignore_case(suffix, "BASE64"))
    return Encoding::kBase64;
  return std::nullopt;
}

/// Called with room for as many bytes as there are characters; std::nullopt: malformed.
template <typename Decode>
std::optional<SecretString> decode_with(std::string_view data, Decode decode) {
  if (data.empty()) return std::nullopt;
  std::vector<unsigned char> out(data.size());
  std::size_t count = 0;
  const char* end = nullptr;
  const int failed = decode(out.data(), out.size(), data.data(), data.size(), &count, &end);
  std::optional<SecretString> decoded;
  // All of it has to be read: a hash with something behind it is another one.
  if (failed == 0 && end == data.data() + data.size())
    decoded.emplace(std::string_view(reinterpret_cast<const char*>(out.data()), count));
  sodium_memzero(out.data(), out.size());
  return decoded;
}

std::optional<SecretString> decode(Encoding encoding, std::string_view data) {
  switch (encoding) {
    case Encoding::kNone: return SecretString(data);
    case Encoding::kHex:
      return decode_with(data, [](auto* out, auto room, auto* text, auto size, auto* n, auto* end) {
        return sodium_hex2bin(out, room, text, size, nullptr, n, end);
      });
    case Encoding::kBase64:
      return decode_with(data, [](auto* out, auto room, auto* text, auto size, auto* n, auto* end) {
        return sodium_base642bin(out, room, text, size, nullptr, n, end,
                                 sodium_base64_VARIANT_ORIGINAL);
      });
  }
  return std::nullopt;
}

Encoding guess(const PasswordScheme& scheme, std::string_view data) {
  if (scheme.encoding == Encoding::kNone || scheme.raw_bytes == 0) return scheme.encoding;
  // Both encodings of a digest differ in length.
  return data.size() == 2 * scheme.raw_bytes ? Encoding::kHex : Encoding::kBase64;
}

}  // namespace

SecretForm split_secret(std::string_view secret) {
  // These come without a scheme from tools that know one format.
  if (secret.starts_with("$argon2id$")) return {"ARGON2ID", std::nullopt, secret};
  if (secret.starts_with("$argon2i$")) return {"ARGON2I", std::nullopt, secret};
  if (secret.starts_with('$')) return {"CRYPT", std::nullopt, secret};
  const std::size_t end = secret.find('}');
  if (!secret.starts_with('{') || end == std::string_view::npos) return {{}, std::nullopt, secret};
  SecretForm form{secret.substr(1, end - 1), std::nullopt, secret.substr(end + 1)};
  const std::size_t dot = form.scheme.rfind('.');
  if (dot == std::string_view::npos) return form;
  form.encoding = encoding_of(form.scheme.substr(dot + 1));
  if (form.encoding) form.scheme = form.scheme.substr(0, dot);
  // "{SSHA.HEX}" is Dovecot's way to say the encoding; "{SCRAM-SHA-256}" has no dot.
  return form;
}

const PasswordScheme* find_scheme(std::string_view name) {
  for (const PasswordScheme& scheme : kSchemes)
    if (equals_ignore_case(scheme.name, name)) return &scheme;
  return nullptr;
}

std::string why_not_verified(std::string_view name) {
  for (const Named& named : kNotVerified)
    if (equals_ignore_case(named.name, name))
      return "scheme " + std::string(named.name) +
             " cannot be verified: " + std::string(named.reason);
  if (!could_be_name(name)) return "unknown password scheme";
  return "scheme " + to_upper(name) + " cannot be verified: it is not known here";
}

Result<SecretString> decode_data(const PasswordScheme& scheme, const SecretForm& form) {
  const Encoding encoding = form.encoding ? *form.encoding : guess(scheme, form.data);
  auto decoded = decode(encoding, form.data);
  if (!decoded)
    return Error(Errc::kSyntax, "malformed hash for scheme " + std::string(scheme.name));
  return *std::move(decoded);
}

}  // namespace restante::accounts
