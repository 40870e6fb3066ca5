// Checks a name and a password against a Directory. An unknown name and a disabled account cost and
// answer the same as a wrong password. A password that was right a moment ago is remembered as a
// keyed hash, so that a client that polls every minute does not cost an argon2id each time. Where
// the directory answers at once it is asked each time all the same, and every change counts at
// once; a slow one is believed for a while, so that its clients need not wait for it.
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
  /// The same for what a slow directory said: so long a password that was changed, or an account
  /// that was disabled, may still work. Zero: it is asked each time.
  std::chrono::seconds slow_cache_age_max{300};
};

/// Whose password it would be: what the first half of a check found out.
struct Candidate {
  Account account;
  bool exists = false;    ///< False: `account` only makes the refusal cost as much.
  bool remote = false;    ///< A slow back end found it, or found it missing.
  std::string missing{};  ///< Why there is none: for the log.
  std::string asked{};    ///< The canonical name that was asked for; the account's may be another.
};

/// Callable from any thread.
class Authenticator {
 public:
  /// Both are not owned and outlive the authenticator.
  Authenticator(Directory& directory, const Clock& clock, AuthenticatorSettings settings);
  ~Authenticator();
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  /// The account when this very password was verified before: against the secret that is stored
  /// now, or, where only a slow back end can say, within slow_cache_age_max. Otherwise
  /// std::nullopt: ask check(). Never hashes slowly, never waits.
  std::optional<Account> check_cached(std::string_view name, std::string_view password,
                                      std::string_view peer = {});

  /// The first half of check(). Waits where the directory is slow. Errors: kIo.
  Result<Candidate> look_up(std::string_view name);

  /// The second half: the account. Takes as long as a hash does (tens of milliseconds), and may
  /// wait for the back end where candidate.account.asks_back_end(): not for an event loop. `peer`
  /// is the client's IP address. Errors: kAuth (unknown name, wrong password, disabled: not told
  /// apart), kIo (the back end cannot say now), kCorrupt (its secret cannot be verified).
  Result<Account> check(Candidate candidate, std::string_view password, std::string_view peer);

  /// Both halves.
  Result<Account> check(std::string_view name, std::string_view password,
                        std::string_view peer = {});

  /// Forgets every verified password: the accounts may all have changed.
  void forget();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace restante::accounts
