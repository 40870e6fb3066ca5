// The SCRAM keys of accounts, and made-up ones for names without keys: a name that is not there, an
// account that is disabled or may not log in from there, a secret that no keys can be had from. A
// client cannot tell them from the real ones: a name always gets the same salt, the work is the
// same, and no password fits.
//
// An account kept as {PLAIN} gets keys derived with the salt that a made-up one would have. Every
// question costs one derivation, needed or not. Weak: a secret with another number of iterations
// than `iterations` shows that its account is there.
#pragma once

#include <filesystem>
#include <string>

#include "accounts/directory.h"
#include "accounts/names/names.h"
#include "base/result.h"
#include "base/secret_string.h"
#include "sasl/scram_keys.h"

namespace restante::accounts {

struct ScramAnswer {
  sasl::ScramKeys keys;
  std::string account;  ///< Empty when the keys are made up.
  std::string asked;    ///< The name that led to it: its own may be another's address.
  SecretString secret;  ///< What they came from, to see whether it has changed meanwhile.
  std::string barred;   ///< Why keys were made up for an account that is there; for the log.
};

struct ScramSettings {
  NameRules names;
  SecretString salt_key;  ///< See ensure_salt_key().
  std::uint32_t iterations = sasl::kScramIterationsMin;
};

/// Callable from any thread.
class ScramKeyring {
 public:
  /// `directory` is not owned and outlives the keyring.
  ScramKeyring(Directory& directory, ScramSettings settings)
      : directory_(directory), settings_(std::move(settings)) {}

  /// Takes as long as one derivation, some milliseconds, and as the directory: not for an event
  /// loop. `peer` is the client's IP address; empty: a Unix socket. Errors: kIo (the back end is
  /// down).
  Result<ScramAnswer> keys(sasl::Hash hash, std::string_view name, std::string_view peer);

  /// The account of a client that has proved to know the password of `answer`. As slow as the
  /// directory. Errors: kAuth (made up, or meanwhile changed, disabled or removed), kIo.
  Result<Account> admit(const ScramAnswer& answer, std::string_view peer);

 private:
  [[nodiscard]] std::string salt_of(sasl::Hash hash, std::string_view name) const;

  Directory& directory_;
  const ScramSettings settings_;
};

/// The 32 bytes that made-up salts are derived from, kept in `file`, mode 0600, so that they are
/// the same after a restart; made at the first call. Errors: kIo, kFull, kCorrupt (the file is of
/// another length).
Result<SecretString> ensure_salt_key(const std::filesystem::path& file);

}  // namespace restante::accounts
