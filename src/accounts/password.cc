#include "accounts/password.h"

#include <crypt.h>
#include <sodium.h>

#include <cerrno>

#include "accounts/ldap_digest.h"
#include "accounts/scram_secret.h"
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

enum class Kind : std::uint8_t { kPlain, kCrypt, kArgon2, kScram };

struct Scheme {
  std::string_view name;
  Kind kind;
  std::array<std::string_view, 4> prefixes;  ///< What its data may start with; none given: any.
};

constexpr std::array<Scheme, 12> kSchemes = {{
    {"PLAIN", Kind::kPlain, {}},
    {"CLEARTEXT", Kind::kPlain, {}},
    {"CRYPT", Kind::kCrypt, {}},
    {"YESCRYPT", Kind::kCrypt, {"$y$", "$gy$"}},
    {"SHA512-CRYPT", Kind::kCrypt, {"$6$"}},
    {"SHA256-CRYPT", Kind::kCrypt, {"$5$"}},
    {"BLF-CRYPT", Kind::kCrypt, {"$2a$", "$2b$", "$2y$", "$2x$"}},
    {"MD5-CRYPT", Kind::kCrypt, {"$1$"}},
    {"ARGON2ID", Kind::kArgon2, {"$argon2id$"}},
    {"ARGON2I", Kind::kArgon2, {"$argon2i$"}},
    {"SCRAM-SHA-256", Kind::kScram, {}},
    {"SCRAM-SHA-1", Kind::kScram, {}},
}};

struct Split {
  std::string_view scheme;
  std::string_view data;
};

/// "{SCHEME}data" apart; a bare "$…" is CRYPT, or ARGON2 by its own prefix.
Split split(std::string_view secret) {
  if (secret.starts_with("$argon2id$")) return {"ARGON2ID", secret};
  if (secret.starts_with("$argon2i$")) return {"ARGON2I", secret};
  if (secret.starts_with('$')) return {"CRYPT", secret};
  const std::size_t end = secret.find('}');
  if (!secret.starts_with('{') || end == std::string_view::npos) return {"", secret};
  return {secret.substr(1, end - 1), secret.substr(end + 1)};
}

const Scheme* find_scheme(std::string_view name) {
  for (const Scheme& scheme : kSchemes)
    if (equals_ignore_case(scheme.name, name)) return &scheme;
  return nullptr;
}

bool prefix_fits(const Scheme& scheme, std::string_view data) {
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
  const auto text = argon2_text(data);
  if (!text) return false;
  return crypto_pwhash_str_needs_rehash(text->data(), kArgon2Passes, kArgon2Bytes) >= 0;
}

bool is_crypt(const std::string& data) {
  const int verdict = crypt_checksalt(data.c_str());
  // Old and cheap methods are what an import brings; crypt_checksalt only sees the setting, and a
  // setting without a hash behind it would match nothing.
  return (verdict == CRYPT_SALT_OK || verdict == CRYPT_SALT_METHOD_LEGACY ||
          verdict == CRYPT_SALT_TOO_CHEAP) &&
         data.size() >= 13;
}

sasl::Hash scram_hash(const Scheme& scheme) {
  return scheme.name == "SCRAM-SHA-1" ? sasl::Hash::kSha1 : sasl::Hash::kSha256;
}

bool is_well_formed(const Scheme& scheme, std::string_view data) {
  switch (scheme.kind) {
    case Kind::kPlain: return true;
    case Kind::kCrypt: return is_crypt(std::string(data));
    case Kind::kArgon2: return is_argon2(data);
    case Kind::kScram: return parse_scram_data(scram_hash(scheme), data).has_value();
  }
  return false;
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
  // crypt(3) takes a C string: what follows a NUL would not count.
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

Status verify_by_scheme(std::string_view secret, std::string_view password) {
  const auto [name, data] = split(secret);
  if (is_ldap_digest(name)) return verify_ldap_digest(name, data, password);
  const Scheme& scheme = *find_scheme(name);
  switch (scheme.kind) {
    case Kind::kPlain: return verify_plain(data, password);
    case Kind::kCrypt: return verify_crypt(std::string(data), password);
    case Kind::kArgon2: return verify_argon2(data, password);
    case Kind::kScram: return verify_scram(scram_hash(scheme), data, password);
  }
  return Error(Errc::kSyntax, "unknown scheme");
}

Status verify_exactly(std::string_view secret, std::string_view password) {
  Status verified = verify_by_scheme(secret, password);
  wipe_stack();
  return verified;
}

Status check_new(std::string_view password) {
  if (password.empty()) return Error(Errc::kSyntax, "the password is empty");
  if (password.size() > limits::kPasswordBytesMax)
    return Error(Errc::kLimit, "the password is longer than " +
                                   std::to_string(limits::kPasswordBytesMax) + " bytes");
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
  RESTANTE_CHECKED(check_secret(secret));
  auto prepared = sasl::prepare(password);
  if (!prepared || *prepared == password) {
    if (prepared) wipe(*prepared);
    return verify_exactly(secret, password);
  }
  // Prepared first, as new secrets are; those that are older were made of what was typed.
  Status verified = verify_exactly(secret, *prepared);
  wipe(*prepared);
  if (verified || verified.error().code != Errc::kAuth) return verified;
  return verify_exactly(secret, password);
}

Result<std::string> make_secret(std::string_view password, const SecretSettings& settings) {
  init_sodium();
  RESTANTE_CHECKED(check_new(password));
  auto prepared = sasl::prepare(password);
  if (settings.scheme == NewScheme::kScramSha256) {
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
  const auto [name, data] = split(secret);
  if (name.empty()) return Error(Errc::kSyntax, "no {SCHEME} and not a crypt(3) hash");
  if (is_ldap_digest(name)) return check_ldap_digest(name, data);
  const Scheme* const scheme = find_scheme(name);
  if (scheme == nullptr) return Error(Errc::kSyntax, "unknown password scheme");
  if (data.empty()) return Error(Errc::kSyntax, "empty password hash");
  if (data.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos)
    return Error(Errc::kSyntax, "control character in the password hash");
  if (!prefix_fits(*scheme, data) || !is_well_formed(*scheme, data))
    return Error(Errc::kSyntax, "malformed hash for scheme " + std::string(scheme->name));
  return ok();
}

bool is_known_scheme(std::string_view secret) { return check_secret(secret).has_value(); }

std::string scheme_of(std::string_view secret) { return to_upper(split(secret).scheme); }

SecretString clear_password(std::string_view secret) {
  const auto [name, data] = split(secret);
  const Scheme* const scheme = find_scheme(name);
  const bool plain = scheme != nullptr && scheme->kind == Kind::kPlain;
  return plain ? SecretString(data) : SecretString();
}

}  // namespace restante::accounts
