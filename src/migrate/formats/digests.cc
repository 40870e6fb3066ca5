#include "migrate/formats/digests.h"

#include <openssl/evp.h>

#include <array>

#include "base/check.h"

namespace restante::migrate {
namespace {

std::string digest(const EVP_MD* kind, std::string_view octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  RESTANTE_CHECK(EVP_Digest(octets.data(), octets.size(), sum.data(), &size, kind, nullptr) == 1);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[sum[i] >> 4U];
    hex += kDigits[sum[i] & 0xFU];
  }
  return hex;
}

}  // namespace

std::string md5_of(std::string_view octets) { return digest(EVP_md5(), octets); }

std::string sha256_of(std::string_view octets) { return digest(EVP_sha256(), octets); }

}  // namespace restante::migrate
