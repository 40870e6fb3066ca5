// Checks a name and a password against a Directory. An unknown name and a disabled account cost and
// answer the same as a wrong password. A password that was right a moment ago is remembered as a
// keyed hash, so that a client that polls every minute does not cost an argon2id each time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "accounts/directory.h"
#include "base/clock.h"
#include "base/result.h"

namespace restante::accounts {

struct AuthenticatorSettings {
  std::string default_domain;   ///< Completes a login name without a domain; may be empty.
  bool fold_local_part = true;  ///< "Alice" is "alice".
  std::size_t cache_entries_max = 100000;
  std::chrono::minutes cache_age_max{60};
};

/// Callable from any thread.
class Authenticator {
 public:
  /// Both are not owned and outlive the authenticator.
  Authenticator(Directory& directory, const Clock& clock, AuthenticatorSettings settings);
  ~Authenticator();
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  /// The account when this very password was verified before against the secret that is stored now;
  /// otherwise std::nullopt: ask check(). Never hashes slowly.
  std::optional<Account> check_cached(std::string_view name, std::string_view password);

  /// The account. Takes as long as the hash does (tens of milliseconds): not for an event loop.
  /// Errors: kAuth (unknown name, wrong password, disabled: not told apart), kIo.
  Result<Account> check(std::string_view name, std::string_view password);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace restante::accounts
