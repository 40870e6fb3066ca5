#include "accounts/login/nobodys_price.h"

#include <sodium.h>

#include <cstdint>
#include <cstring>

#include "accounts/passwords/password.h"

namespace restante::accounts {

static_assert(sizeof(std::array<unsigned char, 16>) == crypto_shorthash_KEYBYTES);

NobodysPrice::NobodysPrice(std::string_view usual) : usual_(usual) {
  crypto_shorthash_keygen(key_.data());
}

std::size_t NobodysPrice::place_of(std::string_view name) const {
  std::array<unsigned char, crypto_shorthash_BYTES> hash{};
  // Keyed, so that an attacker cannot choose names that share a place with a known account.
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(name.data()), name.size(),
                   key_.data());
  std::uint64_t number = 0;
  std::memcpy(&number, hash.data(), sizeof number);
  return static_cast<std::size_t>(number % kSamples);
}

void NobodysPrice::note(const Account& account) {
  // A secret that cannot be compared costs nothing, and is an error besides.
  if (account.secret.empty() || !check_secret(account.secret)) return;
  const std::lock_guard lock(mutex_);
  Sample& sample = samples_[place_of(account.name)];
  // The first account of a place keeps it: the price of a name must not change with each login.
  if (!sample.name.empty() && sample.name != account.name) return;
  // The same as ever: no copy, and no wipe of one.
  if (sample.secret.view() == account.secret) return;
  sample.name = account.name;
  sample.secret = SecretString(account.secret);
}

SecretString NobodysPrice::secret_for(std::string_view name) const {
  const std::size_t first = place_of(name);
  const std::lock_guard lock(mutex_);
  // The next place that has one: after the first login no name costs less than the accounts do.
  for (std::size_t i = 0; i < kSamples; ++i) {
    const Sample& sample = samples_[(first + i) % kSamples];
    if (!sample.name.empty()) return sample.secret;
  }
  return usual_;
}

}  // namespace restante::accounts
