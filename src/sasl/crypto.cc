#include "sasl/crypto.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <iterator>

#include "base/check.h"
#include "sasl/base64.h"

namespace restante::sasl {
namespace {

// 18 octets are 24 digits without padding, and no two exchanges ever meet.
constexpr std::size_t kNonceBytes = 18;

const EVP_MD* algorithm(Hash hash) { return hash == Hash::kSha1 ? EVP_sha1() : EVP_sha256(); }

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

using Buffer = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string to_string(const Buffer& buffer, std::size_t size) {
  return {reinterpret_cast<const char*>(buffer.data()), size};
}

std::string to_hex(const Buffer& buffer, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i)
    fmt::format_to(std::back_inserter(out), "{:02x}", buffer[i]);
  return out;
}

}  // namespace

std::size_t digest_bytes(Hash hash) { return hash == Hash::kSha1 ? 20 : 32; }

std::string digest(Hash hash, std::string_view text) {
  Buffer out{};
  unsigned int size = 0;
  // It fails for want of memory alone: there is no answer to give that would be right.
  RESTANTE_CHECK(
      EVP_Digest(text.data(), text.size(), out.data(), &size, algorithm(hash), nullptr) == 1);
  return to_string(out, size);
}

std::string hmac(Hash hash, std::string_view key, std::string_view text) {
  Buffer out{};
  unsigned int size = 0;
  RESTANTE_CHECK(HMAC(algorithm(hash), key.data(), static_cast<int>(key.size()), bytes_of(text),
                      text.size(), out.data(), &size) != nullptr);
  return to_string(out, size);
}

std::string pbkdf2(Hash hash, std::string_view password, std::string_view salt,
                   std::uint32_t iterations) {
  Buffer out{};
  const std::size_t size = digest_bytes(hash);
  RESTANTE_CHECK(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                                   bytes_of(salt), static_cast<int>(salt.size()),
                                   static_cast<int>(iterations), algorithm(hash),
                                   static_cast<int>(size), out.data()) == 1);
  std::string derived = to_string(out, size);
  // It logs in like the password, so memory that is used again must not hold it.
  OPENSSL_cleanse(out.data(), out.size());
  return derived;
}

Result<std::string> md5_hex(std::string_view text) {
  Buffer out{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_md5(), nullptr) != 1)
    // A machine in FIPS mode has none, and that must not end the server.
    return Error(Errc::kState, "OpenSSL has no MD5");
  return to_hex(out, size);
}

Result<std::string> hmac_md5_hex(std::string_view key, std::string_view text) {
  Buffer out{};
  unsigned int size = 0;
  if (HMAC(EVP_md5(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(),
           out.data(), &size) == nullptr)
    return Error(Errc::kState, "OpenSSL has no MD5");
  return to_hex(out, size);
}

bool same_bytes(std::string_view a, std::string_view b) {
  // In a time that does not depend on how much of it is right.
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string exclusive_or(std::string_view a, std::string_view b) {
  RESTANTE_CHECK(a.size() == b.size());
  std::string out(a);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(out[i] ^ b[i]);
  return out;
}

std::string make_nonce() {
  std::array<unsigned char, kNonceBytes> random{};
  RESTANTE_CHECK(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
  std::string out;
  append_base64({reinterpret_cast<const char*>(random.data()), random.size()}, out);
  return out;
}

}  // namespace restante::sasl
