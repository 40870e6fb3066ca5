// The write side of the accounts: what restantectl does. Separate from Directory, so that a server
// that only asks cannot change anything.
//
// Names and addresses are made canonical here; a name that is none is kSyntax or kLimit, with the
// reason. Every change is one durable transaction: after ok() no crash undoes it. A back end that
// somebody else writes (a passwd-file) answers every change with kState.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/allowance.h"
#include "accounts/networks.h"
#include "base/clock.h"
#include "base/result.h"

namespace restante::accounts {

/// What may be shown of an account.
struct AccountEntry {
  std::string name;
  std::string scheme;  ///< Of its secret.
  bool enabled = true;
  bool no_login = false;                     ///< Gets mail, but nobody logs in.
  std::shared_ptr<const Networks> networks;  ///< From where it may log in; null: everywhere.
  std::string fault;                         ///< Why nobody can log in: a mistake in its line.
  Allowance allowance;                       ///< Of a passwd-file: its extra fields.
  std::optional<WallTime> created;           ///< Unknown in a passwd-file.
  std::optional<WallTime> secret_changed;    ///< Unknown in a passwd-file.
};

struct AliasEntry {
  std::string address;  ///< Or "@domain": the catch-all.
  std::vector<std::string> targets;
};

/// What may be shown of a device password.
struct DeviceEntry {
  std::string label;
  WallTime created{};
  std::optional<WallTime> last_used;  ///< To the hour; empty: never.
};

struct NewDevice {
  std::string account;   ///< Canonical.
  std::string password;  ///< Shown once; not stored. The caller wipes it.
};

struct NewAccount {
  NewAccount(std::string n, std::string s) : name(std::move(n)), secret(std::move(s)) {}

  std::string name;
  std::string secret;
  bool no_login = false;
  std::shared_ptr<const Networks> networks{};
  Allowance allowance{};
};

/// What becomes of an import whose names are taken; by default nothing is imported.
struct ImportRules {
  bool skip_taken = false;  ///< Those are left as they are, the others are added.
  /// An account that is there gets the secret, and what else is said of it. What is not said stays,
  /// and nothing of it lets anybody in who was kept out: that is set_enabled()'s.
  bool update = false;
  bool only_look = false;  ///< Nothing is written; what is taken is told.
};

struct ImportOutcome {
  std::vector<std::size_t> taken;  ///< Places (0..) of those whose names are taken.
  std::size_t added = 0;
  std::size_t updated = 0;  ///< Those that were there, whether they differed or not.
};

/// Used by one thread at a time. Errors of all: kIo, kFull, kBusy (another process writes for
/// too long).
class AccountAdmin {
 public:
  virtual ~AccountAdmin() = default;

  /// The canonical name. Errors: kExists (an account or an alias has it), kSyntax (also: the secret
  /// is none that could be verified), kState.
  virtual Result<std::string> add(std::string_view name, std::string_view secret) = 0;
  /// Adds all of them, or all but those that are taken, or none, as `rules` say. Where some are
  /// taken and not skipped, nothing was done. Errors: kSyntax, kState.
  virtual Result<ImportOutcome> import(const std::vector<NewAccount>& accounts,
                                       const ImportRules& rules) = 0;
  /// Errors: kNotFound, kState (an alias leads to it).
  virtual Status remove(std::string_view name) = 0;
  /// Errors: kNotFound, kSyntax, kState.
  virtual Status set_secret(std::string_view name, std::string_view secret) = 0;
  /// Enabled, it may log in again, too, whatever kept it from that but its networks. Errors:
  /// kNotFound, kState.
  virtual Status set_enabled(std::string_view name, bool enabled) = 0;
  /// Nobody logs in; mail is taken as before. Errors: kNotFound, kState.
  virtual Status bar_login(std::string_view name) = 0;
  /// From where it may log in; null: from everywhere. Errors: kNotFound, kState.
  virtual Status set_networks(std::string_view name,
                              const std::shared_ptr<const Networks>& networks) = 0;
  /// Hands the account's allowance to `change` and stores what that made of it, in one transaction;
  /// gives it back. Errors: kNotFound, kSyntax, kState.
  virtual Result<Allowance> change_allowance(std::string_view name,
                                             const std::function<void(Allowance&)>& change) = 0;

  /// Makes a password for one device of the account. In force at once. Errors: kNotFound, kExists
  /// (the label is taken), kLimit (too many devices), kSyntax, kState (a back end without devices).
  virtual Result<NewDevice> add_device(std::string_view /*name*/, std::string_view /*label*/) {
    return no_devices();
  }
  /// Its password is refused from now on. Errors: kNotFound (account or label), kState.
  virtual Status remove_device(std::string_view /*name*/, std::string_view /*label*/) {
    return no_devices();
  }
  /// Sorted by label. Errors: kNotFound, kState.
  virtual Result<std::vector<DeviceEntry>> list_devices(std::string_view /*name*/) {
    return no_devices();
  }

  /// Sorted by name.
  virtual Result<std::vector<AccountEntry>> list() = 0;
  /// Errors: kNotFound.
  virtual Result<AccountEntry> show(std::string_view name) = 0;

  /// Targets are accounts or aliases that exist; each counts once. Errors: kExists (an account or
  /// an alias has the address), kNotFound (no such target), kSyntax, kState.
  virtual Status add_alias(std::string_view address, const std::vector<std::string>& targets) = 0;
  /// Errors: kNotFound, kState (another alias leads to it).
  virtual Status remove_alias(std::string_view address) = 0;
  /// Sorted by address; targets in the order given.
  virtual Result<std::vector<AliasEntry>> list_aliases() = 0;

 private:
  static Error no_devices() {
    return Error(Errc::kState,
                 "device passwords need accounts.backend = \"sqlite\"; these accounts are kept "
                 "elsewhere");
  }
};

}  // namespace restante::accounts
