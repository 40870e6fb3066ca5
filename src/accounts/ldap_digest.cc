#include "accounts/ldap_digest.h"

#include <openssl/evp.h>
#include <sodium.h>

#include "base/ascii.h"

namespace restante::accounts {
namespace {

struct Scheme {
  std::string_view name;
  const EVP_MD* (*digest)();
  bool salted;
};
constexpr std::array<Scheme, 6> kSchemes = {{{"SHA", EVP_sha1, false},
                                             {"SSHA", EVP_sha1, true},
                                             {"SHA256", EVP_sha256, false},
                                             {"SSHA256", EVP_sha256, true},
                                             {"SHA512", EVP_sha512, false},
                                             {"SSHA512", EVP_sha512, true}}};
constexpr std::size_t kSaltBytesMax = 64;

const Scheme* find_scheme(std::string_view name) {
  for (const Scheme& scheme : kSchemes)
    if (equals_ignore_case(scheme.name, name)) return &scheme;
  return nullptr;
}

using Bytes = std::vector<unsigned char>;

/// Digest and salt; empty when it is not base64.
Bytes decode(std::string_view data) {
  if (data.empty()) return {};
  Bytes out(data.size());
  std::size_t count = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(out.data(), out.size(), data.data(), data.size(), nullptr,
                                       &count, &end, sodium_base64_VARIANT_ORIGINAL);
  const bool whole = failed == 0 && end == data.data() + data.size();
  out.resize(whole ? count : 0);
  return out;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

bool is_ldap_digest(std::string_view scheme) { return find_scheme(scheme) != nullptr; }

Status check_ldap_digest(std::string_view scheme, std::string_view data) {
  const Scheme& known = *find_scheme(scheme);
  const auto digest_bytes = static_cast<std::size_t>(EVP_MD_get_size(known.digest()));
  const Bytes bytes = decode(data);
  const bool fits =
      known.salted ? bytes.size() > digest_bytes && bytes.size() <= digest_bytes + kSaltBytesMax
                   : bytes.size() == digest_bytes;
  if (!fits) return Error(Errc::kSyntax, "malformed hash for scheme " + std::string(known.name));
  return ok();
}

Status verify_ldap_digest(std::string_view scheme, std::string_view data,
                          std::string_view password) {
  const EVP_MD* const method = find_scheme(scheme)->digest();
  const auto digest_bytes = static_cast<std::size_t>(EVP_MD_get_size(method));
  const Bytes stored = decode(data);
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  std::array<unsigned char, EVP_MAX_MD_SIZE> got{};
  const bool hashed = context && EVP_DigestInit_ex(context.get(), method, nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), password.data(), password.size()) == 1 &&
                      EVP_DigestUpdate(context.get(), stored.data() + digest_bytes,
                                       stored.size() - digest_bytes) == 1 &&
                      EVP_DigestFinal_ex(context.get(), got.data(), nullptr) == 1;
  if (!hashed) return Error(Errc::kIo, "the password cannot be hashed");
  const bool same = sodium_memcmp(got.data(), stored.data(), digest_bytes) == 0;
  sodium_memzero(got.data(), got.size());
  return same ? ok() : Error(Errc::kAuth, "wrong password");
}

}  // namespace restante::accounts
