#include "archive/mailbox/sha256.h"

// OpenSSL 3 calls these deprecated, in favour of EVP, whose first digest costs a process a fifth of
// what a short command does. What computes is the same.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/check.h"

namespace restante::archive {

struct Sha256::State {
  State() { RESTANTE_CHECK(SHA256_Init(&context) == 1); }

  SHA256_CTX context{};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view octets) {
  RESTANTE_CHECK(SHA256_Update(&state_->context, octets.data(), octets.size()) == 1);
}

std::string Sha256::finish() {
  std::array<unsigned char, 32> digest{};
  RESTANTE_CHECK(SHA256_Final(digest.data(), &state_->context) == 1);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(kSha256HexBytes);
  for (const unsigned char byte : digest) {
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & 0xFU];
  }
  return hex;
}

bool is_sha256(std::string_view text) {
  return text.size() == kSha256HexBytes && std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f');
         });
}

std::string sha256_of(std::string_view octets) {
  Sha256 sum;
  sum.update(octets);
  return sum.finish();
}

}  // namespace restante::archive
