#include "accounts/passwords/secret_keys.h"

#include "config/keys.h"
#include "sasl/scram_keys.h"

namespace restante::accounts {
namespace {

// With this number neither side works for seconds.
constexpr std::uint64_t kScramIterationsMax = 2'000'000;

constexpr auto kPasswordSchemes = std::to_array<config::Choice<NewScheme>>(
    {{"argon2id", NewScheme::kArgon2id}, {"scram-sha-256", NewScheme::kScramSha256}});

}  // namespace

const config::Keys<SecretSettings>& secret_keys() {
  using config::key;
  static const config::Keys<SecretSettings> keys = {
      key("password_scheme", &SecretSettings::scheme, config::OneOf(kPasswordSchemes),
          "The form in which `restantectl` stores new passwords. SCRAM works only with "
          "`scram-sha-256`, and is offered then."),
      key("scram_iterations", &SecretSettings::scram_iterations,
          config::Count(sasl::kScramIterationsMin, kScramIterationsMax),
          "The work in a new SCRAM secret; see below."),
  };
  return keys;
}

}  // namespace restante::accounts
