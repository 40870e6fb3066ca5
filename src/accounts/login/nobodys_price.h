// What to compare the password of an unknown name with, so that the refusal costs as much as that
// of an account: secrets that were imported cost something else than new ones do. Samples of the
// secrets that logins were compared with; an unknown name gets always the same one, and what the
// comparison says is thrown away by the caller.
//
// Weak: before the first login with an imported secret nothing is known of its price, and where the
// accounts have secrets of several prices, so have the unknown names.
#pragma once

#include <array>
#include <mutex>
#include <string>
#include <string_view>

#include "accounts/directory.h"
#include "base/secret_string.h"

namespace restante::accounts {

/// Callable from any thread.
class NobodysPrice {
 public:
  static constexpr std::size_t kSamples = 64;

  /// `usual`: the secret of a password that was thrown away, for as long as there is no sample.
  explicit NobodysPrice(std::string_view usual);

  /// This account's password is going to be compared.
  void note(const Account& account);

  /// A secret as an account of this name might have it. Stable until that account's changes.
  [[nodiscard]] SecretString secret_for(std::string_view name) const;

 private:
  struct Sample {
    std::string name;
    SecretString secret;
  };

  [[nodiscard]] std::size_t place_of(std::string_view name) const;

  const SecretString usual_;
  std::array<unsigned char, 16> key_{};  // Which sample a name gets, only this process knows.
  mutable std::mutex mutex_;             ///< Guards what follows.
  std::array<Sample, kSamples> samples_;
};

}  // namespace restante::accounts
