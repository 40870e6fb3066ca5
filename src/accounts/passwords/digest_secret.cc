#include "accounts/passwords/digest_secret.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <memory>

namespace restante::accounts {
namespace {

// Longer is no salt, and would be hashed with each guess.
constexpr std::size_t kSaltBytesMax = 64;

const EVP_MD* method_of(SecretDigest digest) {
  switch (digest) {
    case SecretDigest::kMd5: return EVP_md5();
    case SecretDigest::kSha1: return EVP_sha1();
    case SecretDigest::kSha256: return EVP_sha256();
    case SecretDigest::kSha384: return EVP_sha384();
    case SecretDigest::kSha512: return EVP_sha512();
  }
  return EVP_sha512();
}

std::size_t bytes_of(const EVP_MD* method) {
  return static_cast<std::size_t>(EVP_MD_get_size(method));
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

Status check_digest_secret(const PasswordScheme& scheme, std::string_view raw) {
  const std::size_t digest_bytes = bytes_of(method_of(scheme.digest));
  const bool fits = scheme.salted
                        ? raw.size() > digest_bytes && raw.size() <= digest_bytes + kSaltBytesMax
                        : raw.size() == digest_bytes;
  if (fits) return ok();
  return Error(Errc::kSyntax, "malformed hash for scheme " + std::string(scheme.name));
}

Status verify_digest_secret(const PasswordScheme& scheme, std::string_view raw,
                            std::string_view password) {
  const EVP_MD* const method = method_of(scheme.digest);
  const std::size_t digest_bytes = bytes_of(method);
  const std::string_view salt = raw.substr(digest_bytes);
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  std::array<unsigned char, EVP_MAX_MD_SIZE> got{};
  const bool hashed = context && EVP_DigestInit_ex(context.get(), method, nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), password.data(), password.size()) == 1 &&
                      EVP_DigestUpdate(context.get(), salt.data(), salt.size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), got.data(), nullptr) == 1;
  if (!hashed) return Error(Errc::kIo, "the password cannot be hashed");
  const bool same = sodium_memcmp(got.data(), raw.data(), digest_bytes) == 0;
  sodium_memzero(got.data(), got.size());
  return same ? ok() : Error(Errc::kAuth, "wrong password");
}

}  // namespace restante::accounts
