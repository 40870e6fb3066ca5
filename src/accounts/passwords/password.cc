#include "accounts/passwords/password.h"

#include <crypt.h>
#include <sodium.h>

#include <cerrno>

#include "accounts/passwords/cram_md5_secret.h"
#include "accounts/passwords/digest_secret.h"
#include "accounts/passwords/hash_cost.h"
#include "accounts/passwords/password_scheme.h"
#include "accounts/passwords/pbkdf2_secret.h"
#include "accounts/passwords/scram_secret.h"
#include "base/ascii.h"
#include "base/check.h"
#include "base/leftovers.h"
#include "base/limits.h"
#include "sasl/crypto.h"
#include "sasl/prepare.h"

namespace restante::accounts {
namespace {

// OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, 2 passes, 1 lane as the smallest advised
// setting. A login server pays this for many strangers at once, so memory is what must stay small;
// libsodium's own INTERACTIVE asks for 64 MiB.
constexpr unsigned long long kArgon2Passes = 2;
constexpr std::size_t kArgon2Bytes = std::size_t{19} << 20;
constexpr std::size_t kScramSaltBytes = 16;

bool prefix_fits(const PasswordScheme& scheme, std::string_view data) {
  if (scheme.prefixes[0].empty()) return true;
  for (const std::string_view prefix : scheme.prefixes)
    if (!prefix.empty() && data.starts_with(prefix)) return true;
  return false;
}

void init_sodium() {
  static const bool ready = sodium_init() >= 0;
  RESTANTE_CHECK(ready);
}

/// libsodium reads a fixed-size array.
using Argon2Text = std::array<char, crypto_pwhash_STRBYTES>;

std::optional<Argon2Text> argon2_text(std::string_view data) {
  Argon2Text text{};
  if (data.size() >= text.size()) return std::nullopt;
  std::copy(data.begin(), data.end(), text.begin());
  return text;
}

bool is_argon2(std::string_view data) {
  // It compares the parameters, which is not what is asked: whether it can read them is.
  const auto text = argon2_text(data);
  if (!text) return false;
  return crypto_pwhash_str_needs_rehash(text->data(), kArgon2Passes, kArgon2Bytes) >= 0;
}

bool is_crypt(const std::string& data) {
  const int verdict = crypt_checksalt(data.c_str());
  // An import brings old and cheap methods; crypt_checksalt sees only the setting, and a setting
  // without a hash behind it would match nothing.
  return (verdict == CRYPT_SALT_OK || verdict == CRYPT_SALT_METHOD_LEGACY ||
          verdict == CRYPT_SALT_TOO_CHEAP) &&
         // The shortest hash of crypt(3), of DES.
         data.size() >= 13;
}

sasl::Hash scram_hash(const PasswordScheme& scheme) {
  return scheme.name == "SCRAM-SHA-1" ? sasl::Hash::kSha1 : sasl::Hash::kSha256;
}

/// {MD5} is Dovecot's name of two schemes.
const PasswordScheme& settle_md5(const PasswordScheme& scheme, std::string_view data) {
  if (scheme.kind != SecretKind::kMd5) return scheme;
  // {MD5} with "$1$" is crypt's, without it the bare digest.
  return *find_scheme(data.starts_with("$1$") ? "MD5-CRYPT" : "PLAIN-MD5");
}

/// A secret that is known by its scheme, and decoded.
struct Opened {
  const PasswordScheme* scheme = nullptr;
  SecretString data;
};

Result<Opened> open_secret(std::string_view secret) {
  if (secret.empty())
    // An empty column of a database is the usual slip, and deserves its own words.
    return Error(Errc::kSyntax, "no password is stored for it: its secret is empty or NULL");
  const SecretForm form = split_secret(secret);
  if (form.scheme.empty()) return Error(Errc::kSyntax, "no {SCHEME} and not a crypt(3) hash");
  const PasswordScheme* scheme = find_scheme(form.scheme);
  if (scheme == nullptr) return Error(Errc::kSyntax, why_not_verified(form.scheme));
  if (form.data.empty()) return Error(Errc::kSyntax, "empty password hash");
  scheme = &settle_md5(*scheme, form.data);
  Opened opened;
  opened.scheme = scheme;
  RESTANTE_TRY(SecretString data, decode_data(*scheme, form));
  opened.data = std::move(data);
  return opened;
}

bool has_control(std::string_view data) {
  return data.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos;
}

Error too_costly(const PasswordScheme& scheme, const Error& why) {
  return Error(Errc::kSyntax,
               "scheme " + std::string(scheme.name) + " cannot be verified: " + why.detail);
}

Status check_form(const PasswordScheme& scheme, std::string_view data) {
  const Error malformed(Errc::kSyntax, "malformed hash for scheme " + std::string(scheme.name));
  if (!prefix_fits(scheme, data)) return malformed;
  // These are octets, and any may occur.
  const bool is_text = scheme.kind != SecretKind::kDigest && scheme.kind != SecretKind::kCramMd5 &&
                       scheme.kind != SecretKind::kPbkdf2Packed;
  if (is_text && has_control(data))
    return Error(Errc::kSyntax, "control character in the password hash");
  switch (scheme.kind) {
    case SecretKind::kPlain: return data.empty() ? Status(malformed) : ok();
    case SecretKind::kCrypt: {
      if (!is_crypt(std::string(data))) return malformed;
      const Status cost = check_crypt_cost(data);
      return cost ? ok() : Status(too_costly(scheme, cost.error()));
    }
    case SecretKind::kArgon2: {
      if (!is_argon2(data)) return malformed;
      const Status cost = check_argon2_cost(data);
      return cost ? ok() : Status(too_costly(scheme, cost.error()));
    }
    case SecretKind::kScram:
      return parse_scram_data(scram_hash(scheme), data) ? ok() : Status(malformed);
    case SecretKind::kDigest: return check_digest_secret(scheme, data);
    case SecretKind::kPbkdf2:
    case SecretKind::kPbkdf2Packed: return check_pbkdf2(scheme, data);
    case SecretKind::kCramMd5: return data.size() == scheme.raw_bytes ? ok() : Status(malformed);
    case SecretKind::kMd5: break;  // Settled before.
  }
  return malformed;
}

Status wrong() { return Error(Errc::kAuth, "wrong password"); }

Status verify_plain(std::string_view data, std::string_view password) {
  // Hashed first, so that the time tells neither where they differ nor how long the right one is.
  using Digest = std::array<unsigned char, crypto_generichash_BYTES>;
  const auto digest = [](std::string_view text) {
    Digest out{};
    crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size(), nullptr, 0);
    return out;
  };
  Digest stored = digest(data);
  Digest given = digest(password);
  const bool same = sodium_memcmp(stored.data(), given.data(), stored.size()) == 0;
  sodium_memzero(stored.data(), stored.size());
  sodium_memzero(given.data(), given.size());
  return same ? ok() : wrong();
}

Status verify_crypt(const std::string& data, std::string_view password) {
  // crypt(3) takes a C string: octets behind a NUL would not count.
  if (password.find('\0') != std::string_view::npos) return wrong();
  const auto scratch = std::make_unique<crypt_data>();  // 32 KiB: not on a coroutine's stack.
  std::string phrase(password);
  const char* const hashed =
      crypt_rn(phrase.c_str(), data.c_str(), scratch.get(), static_cast<int>(sizeof(crypt_data)));
  const int reason = errno;
  bool same = false;
  if (hashed != nullptr && hashed[0] != '*') {
    const std::string_view got(hashed);
    same = got.size() == data.size() && sodium_memcmp(got.data(), data.data(), got.size()) == 0;
  }
  // As with Argon2: want of memory is no wrong password, and must not count as one.
  const bool out_of_memory = hashed == nullptr && reason == ENOMEM;
  wipe(phrase);
  sodium_memzero(scratch.get(), sizeof(crypt_data));
  if (out_of_memory) return Error(Errc::kIo, "no memory for the password hash");
  return same ? ok() : wrong();
}

Status verify_argon2(std::string_view data, std::string_view password) {
  const auto text = argon2_text(data);
  if (!text) return Error(Errc::kSyntax, "malformed argon2 secret");
  errno = 0;
  if (crypto_pwhash_str_verify(text->data(), password.data(), password.size()) == 0) return ok();
  // libsodium says EINVAL for a mismatch; anything else is want of memory, not a wrong password.
  if (errno == EINVAL) return wrong();
  return Error(Errc::kIo, "no memory for the password hash");
}

Status verify_scram(sasl::Hash hash, std::string_view data, std::string_view password) {
  RESTANTE_TRY(const sasl::ScramKeys kept, parse_scram_data(hash, data));
  const sasl::ScramKeys given = sasl::derive_scram_keys(hash, password, kept.salt, kept.iterations);
  return sasl::same_bytes(given.stored_key, kept.stored_key) ? ok() : wrong();
}

Status verify_by_scheme(const Opened& opened, std::string_view password) {
  const PasswordScheme& scheme = *opened.scheme;
  const std::string_view data = opened.data;
  switch (scheme.kind) {
    case SecretKind::kPlain: return verify_plain(data, password);
    case SecretKind::kCrypt: return verify_crypt(std::string(data), password);
    case SecretKind::kArgon2: return verify_argon2(data, password);
    case SecretKind::kScram: return verify_scram(scram_hash(scheme), data, password);
    case SecretKind::kDigest: return verify_digest_secret(scheme, data, password);
    case SecretKind::kPbkdf2:
    case SecretKind::kPbkdf2Packed: return verify_pbkdf2(scheme, data, password);
    case SecretKind::kCramMd5: return verify_cram_md5(data, password);
    case SecretKind::kMd5: break;
  }
  return Error(Errc::kSyntax, "unknown password scheme");
}

Status verify_exactly(const Opened& opened, std::string_view password) {
  Status verified = verify_by_scheme(opened, password);
  wipe_stack();
  return verified;
}

Status check_new(std::string_view password) {
  if (password.empty()) return Error(Errc::kSyntax, "the password is empty");
  if (password.size() > limits::kPasswordBytesMax)
    return Error(Errc::kLimit, "the password is longer than " +
                                   std::to_string(limits::kPasswordBytesMax) + " bytes");
  // A line end comes from a file or a pipe, and would be typed by no one.
  if (password.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos)
    return Error(Errc::kSyntax, "the password has a NUL or a line end in it");
  return ok();
}

Result<std::string> make_argon2(std::string_view password) {
  Argon2Text text{};
  if (crypto_pwhash_str(text.data(), password.data(), password.size(), kArgon2Passes,
                        kArgon2Bytes) != 0)
    return Error(Errc::kIo, "no memory for the password hash");
  return "{ARGON2ID}" + std::string(text.data());
}

std::string make_scram(std::string_view password, std::uint32_t iterations) {
  std::string salt(kScramSaltBytes, '\0');
  randombytes_buf(salt.data(), salt.size());
  constexpr sasl::Hash kHash = sasl::Hash::kSha256;
  return format_scram_secret(kHash, sasl::derive_scram_keys(kHash, password, salt, iterations));
}

}  // namespace

Status verify_password(std::string_view secret, std::string_view password) {
  init_sodium();
  RESTANTE_TRY(const Opened opened, open_secret(secret));
  RESTANTE_CHECKED(check_form(*opened.scheme, opened.data));
  // New secrets are made of the prepared form, so that a password typed on another system fits.
  auto prepared = sasl::prepare(password);
  if (!prepared || *prepared == password) {
    if (prepared) wipe(*prepared);
    return verify_exactly(opened, password);
  }
  // Prepared first, as new secrets are; older ones were made of the password as it was typed.
  Status verified = verify_exactly(opened, *prepared);
  wipe(*prepared);
  if (verified || verified.error().code != Errc::kAuth) return verified;
  return verify_exactly(opened, password);
}

Result<std::string> make_secret(std::string_view password, const SecretSettings& settings) {
  init_sodium();
  RESTANTE_CHECKED(check_new(password));
  auto prepared = sasl::prepare(password);
  if (settings.scheme == NewScheme::kScramSha256) {
    // SCRAM's clients prepare it, so a password that cannot be prepared could never log in.
    if (!prepared)
      return Error(Errc::kSyntax, "the password has characters that SCRAM cannot have: " +
                                      prepared.error().detail);
    std::string secret = make_scram(*prepared, settings.scram_iterations);
    wipe(*prepared);
    return secret;
  }
  auto secret = make_argon2(prepared ? std::string_view(*prepared) : password);
  if (prepared) wipe(*prepared);
  return secret;
}

Status check_secret(std::string_view secret) {
  init_sodium();
  RESTANTE_TRY(const Opened opened, open_secret(secret));
  return check_form(*opened.scheme, opened.data);
}

// In any form: what is known can be verified.
bool is_known_scheme(std::string_view secret) { return check_secret(secret).has_value(); }

std::string scheme_of(std::string_view secret) { return to_upper(split_secret(secret).scheme); }

SecretString clear_password(std::string_view secret) {
  const SecretForm form = split_secret(secret);
  const PasswordScheme* const scheme = find_scheme(form.scheme);
  if (scheme == nullptr || scheme->kind != SecretKind::kPlain) return {};
  auto data = decode_data(*scheme, form);
  return data ? *std::move(data) : SecretString();
}

SecretString digest_states(std::string_view secret) {
  if (SecretString password = clear_password(secret); !password.empty())
    return cram_md5_states(password);
  const SecretForm form = split_secret(secret);
  const PasswordScheme* const scheme = find_scheme(form.scheme);
  if (scheme == nullptr || scheme->kind != SecretKind::kCramMd5) return {};
  auto states = decode_data(*scheme, form);
  return states && states->size() == scheme->raw_bytes ? *std::move(states) : SecretString();
}

}  // namespace restante::accounts
