#include "accounts/passwords/pbkdf2_secret.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "accounts/passwords/hash_cost.h"
#include "base/numbers.h"
#include "base/secret_string.h"
#include "sasl/crypto.h"

namespace restante::accounts {
namespace {

// Of an earlier version of 389 Directory Server: 4 octets of rounds, then these.
constexpr std::size_t kPackedSaltBytes = 64;
constexpr std::size_t kPackedHashBytes = 256;

struct Parts {
  std::string salt;
  std::uint32_t rounds = 0;
  std::string hash;  // Raw.
};

Error malformed(const PasswordScheme& scheme) {
  return Error(Errc::kSyntax, "malformed hash for scheme " + std::string(scheme.name));
}

const EVP_MD* method_of(const PasswordScheme& scheme) {
  switch (scheme.digest) {
    case SecretDigest::kSha256: return EVP_sha256();
    case SecretDigest::kSha512: return EVP_sha512();
    case SecretDigest::kMd5:
    case SecretDigest::kSha1:
    case SecretDigest::kSha384: break;
  }
  return EVP_sha1();
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  std::vector<unsigned char> out(text.size() / 2);
  std::size_t count = 0;
  const char* end = nullptr;
  const int failed =
      sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &count, &end);
  if (failed != 0 || end != text.data() + text.size()) return std::nullopt;
  return std::string(out.begin(), out.end());
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::string plain(text.substr(0, text.find_last_not_of('=') + 1));
  // Passlib's base64 has a dot for the plus, and no padding.
  std::replace(plain.begin(), plain.end(), '.', '+');
  std::vector<unsigned char> out(plain.size());
  std::size_t count = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(out.data(), out.size(), plain.data(), plain.size(), nullptr,
                                       &count, &end, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  if (failed != 0 || end != plain.data() + plain.size()) return std::nullopt;
  out.resize(count);
  return std::string(out.begin(), out.end());
}

/// "salt$rounds$hash".
std::optional<Parts> parse_dovecot(std::string_view data) {
  const std::size_t salt_end = data.find('$');
  const std::size_t rounds_end = data.rfind('$');
  if (salt_end == std::string_view::npos || rounds_end <= salt_end) return std::nullopt;
  const auto rounds =
      parse_decimal<std::uint32_t>(data.substr(salt_end + 1, rounds_end - salt_end - 1));
  auto hash = from_hex(data.substr(rounds_end + 1));
  if (!rounds || !hash) return std::nullopt;
  return Parts{std::string(data.substr(0, salt_end)), *rounds, *std::move(hash)};
}

/// "rounds$salt$hash".
std::optional<Parts> parse_ldap(std::string_view data) {
  const std::size_t rounds_end = data.find('$');
  const std::size_t salt_end = data.rfind('$');
  if (rounds_end == std::string_view::npos || salt_end <= rounds_end) return std::nullopt;
  const auto rounds = parse_decimal<std::uint32_t>(data.substr(0, rounds_end));
  auto salt = from_base64(data.substr(rounds_end + 1, salt_end - rounds_end - 1));
  auto hash = from_base64(data.substr(salt_end + 1));
  if (!rounds || !salt || salt->empty() || !hash) return std::nullopt;
  return Parts{*std::move(salt), *rounds, *std::move(hash)};
}

std::optional<Parts> parse_packed(std::string_view raw) {
  constexpr std::size_t kRoundsBytes = 4;
  if (raw.size() != kRoundsBytes + kPackedSaltBytes + kPackedHashBytes) return std::nullopt;
  Parts parts;
  for (const char octet : raw.substr(0, kRoundsBytes))
    parts.rounds = parts.rounds << 8U | static_cast<unsigned char>(octet);
  parts.salt = raw.substr(kRoundsBytes, kPackedSaltBytes);
  parts.hash = raw.substr(kRoundsBytes + kPackedSaltBytes);
  return parts;
}

Result<Parts> parse(const PasswordScheme& scheme, std::string_view data) {
  constexpr std::string_view kDovecot = "$1$";
  const bool packed = scheme.kind == SecretKind::kPbkdf2Packed;
  // "$1$" is the version that Dovecot writes.
  const bool dovecot = !packed && data.starts_with(kDovecot);
  auto parts = packed    ? parse_packed(data)
               : dovecot ? parse_dovecot(data.substr(kDovecot.size()))
                         : parse_ldap(data);
  // No rounds at all would be the bare password.
  if (!parts || parts->rounds == 0) return malformed(scheme);
  const auto hash_bytes =
      packed ? kPackedHashBytes : static_cast<std::size_t>(EVP_MD_get_size(method_of(scheme)));
  if (parts->hash.size() != hash_bytes) return malformed(scheme);
  // Each block of the hash costs all rounds.
  const auto block = static_cast<std::size_t>(EVP_MD_get_size(method_of(scheme)));
  const std::uint64_t blocks = (hash_bytes + block - 1) / block;
  if (parts->rounds * blocks > kPbkdf2RoundsMax)
    return Error(Errc::kSyntax, "scheme " + std::string(scheme.name) +
                                    " cannot be verified: it asks for more than " +
                                    std::to_string(kPbkdf2RoundsMax) + " rounds");
  return *std::move(parts);
}

}  // namespace

Status check_pbkdf2(const PasswordScheme& scheme, std::string_view data) {
  RESTANTE_CHECKED(parse(scheme, data));
  return ok();
}

Status verify_pbkdf2(const PasswordScheme& scheme, std::string_view data,
                     std::string_view password) {
  RESTANTE_TRY(const Parts parts, parse(scheme, data));
  std::string given(parts.hash.size(), '\0');
  const int made = PKCS5_PBKDF2_HMAC(
      password.data(), static_cast<int>(password.size()),
      reinterpret_cast<const unsigned char*>(parts.salt.data()),
      static_cast<int>(parts.salt.size()), static_cast<int>(parts.rounds), method_of(scheme),
      static_cast<int>(given.size()), reinterpret_cast<unsigned char*>(given.data()));
  if (made != 1) return Error(Errc::kIo, "the password cannot be hashed");
  const bool same = sasl::same_bytes(given, parts.hash);
  wipe(given);
  return same ? ok() : Error(Errc::kAuth, "wrong password");
}

}  // namespace restante::accounts
