#include "journal/key.h"

#include <sodium.h>

#include <array>

namespace restante::journal {
namespace {

constexpr std::size_t kKeyBytes = crypto_generichash_KEYBYTES;
constexpr std::size_t kHashBytes = crypto_generichash_BYTES_MIN;

}  // namespace

Result<std::string> key_of(const files::Path& folder) {
  const files::Path path = folder / "key";
  auto key = files::read_file(path, kKeyBytes);
  if (key && key->size() == kKeyBytes) return key;
  if (!key && key.error().code != Errc::kNotFound) return key;
  if (::sodium_init() < 0) return Error(Errc::kIo, "no random octets");
  std::string fresh(kKeyBytes, '\0');
  ::randombytes_buf(fresh.data(), fresh.size());
  RESTANTE_CHECKED(files::replace_durably(path, fresh));
  return fresh;
}

std::string hash_of(std::string_view name, std::string_view key) {
  std::array<unsigned char, kHashBytes> digest{};
  ::crypto_generichash(digest.data(), digest.size(),
                       reinterpret_cast<const unsigned char*>(name.data()), name.size(),
                       reinterpret_cast<const unsigned char*>(key.data()), key.size());
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "hash:";
  for (const unsigned char octet : digest) {
    out += kHex[octet >> 4U];
    out += kHex[octet & 15U];
  }
  return out;
}

}  // namespace restante::journal
