// The write side of the accounts: what restantectl does. Separate from Directory, so that a server
// that only asks cannot change anything.
//
// Names and addresses are made canonical here; a name that is not valid is kSyntax or kLimit, with
// the reason. Every change is one durable transaction: after ok() no crash undoes it. A back end
// that another program writes (a passwd-file) answers every change with kState.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/allowance.h"
#include "accounts/bulk.h"
#include "accounts/copy.h"
#include "accounts/networks.h"
#include "accounts/route.h"
#include "accounts/settings_store.h"
#include "base/clock.h"
#include "base/result.h"

namespace restante::accounts {

/// What may be shown of an account.
struct AccountEntry {
  std::string name;
  std::string maildrop;  ///< What its maildrop is called: the name that it had at first.
  std::string scheme;    ///< Of its secret.
  bool enabled = true;
  bool no_login = false;                     ///< Gets mail, but cannot log in.
  std::shared_ptr<const Networks> networks;  ///< From where it may log in; null: everywhere.
  std::string fault;                         ///< Why every login fails: a mistake in its line.
  Allowance allowance;                       ///< Of a passwd-file: its extra fields.
  std::optional<WallTime> created;           ///< Unknown in a passwd-file.
  std::optional<WallTime> secret_changed;    ///< Unknown in a passwd-file.
  std::shared_ptr<const Route> route;        ///< Null: its mail is here.
  bool is_operator = false;                  ///< Its password opens the status page.
  /// Where the account is known, if not in accounts.db: "ldap ldap://…". Only show() says so, and
  /// what of the above is set here; null: nothing.
  std::string place;
  std::shared_ptr<const AccountSettings> own;
};

struct AliasEntry {
  std::string address;  ///< Or "@domain": the catch-all.
  std::vector<std::string> targets;
};

struct AccountDevices {
  std::string account;
  std::vector<DeviceEntry> devices;  ///< Sorted by label.
};

struct NewDevice {
  std::string account;   ///< Canonical.
  std::string password;  ///< Shown once; not stored. The caller wipes it.
};

/// An account that is made because another server knew its password.
struct Newcomer {
  std::string name;
  std::string secret;
  Route route;
};

/// A change of an alias's targets, in one step.
struct TargetChange {
  std::vector<std::string> added{};
  std::vector<std::string> removed{};
  bool replaces = false;  ///< Those that are added are all that are left.
};

/// Whether the name that an account had goes on to lead to it.
enum class OldName : std::uint8_t { kStays, kGoes };

struct Renamed {
  std::string from;
  std::string to;
  std::string maildrop;  ///< The name by which its mail lies on the disk, as before.
};

/// What became of the aliases that led to an account.
struct RemovedAliases {
  std::vector<std::string> removed{};    ///< They led to no other account.
  std::vector<std::string> shortened{};  ///< They lead to the others.
};

/// Which entries of a list are wanted, in its order.
struct ListRange {
  std::string domain{};                ///< In any spelling; empty: of all domains.
  std::string after{};                 ///< Those behind this name; empty: from the first on.
  std::optional<std::size_t> limit{};  ///< The largest number of them.
};

/// Used by one thread at a time. Errors of all: kIo, kFull, kBusy (another process writes for
/// too long), kTimeout (a back end, or what is over the network, is down).
class AccountAdmin {
 public:
  virtual ~AccountAdmin() = default;

  /// The canonical name. Errors: kExists (an account or an alias has it), kSyntax (also: the secret
  /// is none that could be verified), kState.
  virtual Result<std::string> add(std::string_view name, std::string_view secret) = 0;
  /// The same of one that comes from another server, with its route, unless was_here(): kAuth.
  virtual Result<std::string> add_newcomer(const Newcomer& newcomer);
  /// Whether an account had this name, in any spelling, and is gone. Errors: kSyntax, kState.
  virtual Result<bool> was_here(std::string_view name);
  /// From now on was_here(). For a name whose account is gone for longer than that is kept.
  virtual Status remember(std::string_view name);
  /// Applies all of them in one transaction, or all but the refused ones, or none, as `rules` say.
  /// An account that is kept out is let in only where a change says so. A refused row has kSyntax,
  /// kLimit, kExists (the name is taken) or kNotFound. Errors: kState, and those of all.
  virtual Result<BulkOutcome> change_all(const std::vector<AccountChange>& changes,
                                         const BulkRules& rules) = 0;
  /// The account gets another name: its mail, its unique ids, its devices and what leads to it stay
  /// with it. With OldName::kStays its old name is an alias. The new one may be an alias that leads
  /// to this account alone. Errors: kNotFound, kExists, kSyntax, kState.
  virtual Result<Renamed> rename(std::string_view from, std::string_view to, OldName old_name) = 0;
  /// Errors: kNotFound, kState (an alias or another account's copy leads to it).
  virtual Status remove(std::string_view name) = 0;
  /// The same with the aliases that lead to it, and to aliases that go, alone; others lose it as a
  /// target. Errors: kNotFound, kState (another account's copy leads to it).
  virtual Result<RemovedAliases> remove_with_aliases(std::string_view name) = 0;
  /// What is stored, to compare a password with; never to be shown. Errors: kNotFound, kState.
  virtual Result<std::string> secret_of(std::string_view name) = 0;
  /// Errors: kNotFound, kSyntax, kState.
  virtual Status set_secret(std::string_view name, std::string_view secret) = 0;
  /// Enabled, the account may also log in again: a bar on its login is lifted, its networks stay.
  /// Errors: kNotFound, kState.
  virtual Status set_enabled(std::string_view name, bool enabled) = 0;
  /// Logins are refused; mail is taken as before. Errors: kNotFound, kState.
  virtual Status bar_login(std::string_view name) = 0;
  /// From where it may log in; null: from everywhere. Errors: kNotFound, kState.
  virtual Status set_networks(std::string_view name,
                              const std::shared_ptr<const Networks>& networks) = 0;
  /// Where its mail is; null: here. Errors: kNotFound, kState (it is to go elsewhere, and has
  /// copies).
  virtual Status set_route(std::string_view name, const std::shared_ptr<const Route>& route);
  /// Whether its password opens the status page. Errors: kNotFound, kState.
  virtual Status set_operator(std::string_view name, bool is_operator);
  /// Hands the account's own allowance to `change` and stores what that made of it, in one
  /// transaction; gives it back. Errors: kNotFound, kSyntax, kState.
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
  /// Of all accounts that have one, an account after the other; `range` is of those.
  virtual Status list_each_account_with_devices(
      const ListRange& /*range*/, const std::function<bool(const AccountDevices&)>& /*take*/) {
    return no_devices();
  }

  /// Makes a copy of the account's mail; `copy.created` is set here. Its target is not looked at.
  /// Errors: kNotFound, kExists (the label is taken), kLimit (too many copies), kState (the account
  /// is at another server, by its own route; a back end without copies).
  virtual Status add_copy(std::string_view name, const Copy& copy);
  /// Errors: kNotFound (account or label), kState.
  virtual Status set_copy_paused(std::string_view name, std::string_view label, bool paused);
  /// Errors: kNotFound (account or label), kState.
  virtual Status remove_copy(std::string_view name, std::string_view label);
  /// Sorted by label. Errors: kNotFound, kState.
  virtual Result<std::vector<Copy>> list_copies(std::string_view name);

  /// Sorted by name.
  virtual Result<std::vector<AccountEntry>> list() = 0;
  /// The same, each given out in its turn, for offices of any size; false ends it.
  virtual Status list_each(const ListRange& range,
                           const std::function<bool(const AccountEntry&)>& take);
  /// Errors: kNotFound.
  virtual Result<AccountEntry> show(std::string_view name) = 0;

  /// Names that have settings, but no account in any back end. Gives out each in its turn; false
  /// ends the list.
  virtual Status list_orphans(const ListRange& range,
                              const std::function<bool(const std::string&)>& take);
  /// Drops what is set for such a name. Errors: kNotFound (nothing is set), kExists (there is such
  /// an account).
  virtual Status forget_settings(std::string_view name);

  /// Targets are accounts or aliases that exist; each counts once. Errors: kExists (an account or
  /// an alias has the address), kNotFound (no such target), kSyntax, kState.
  virtual Status add_alias(std::string_view address, const std::vector<std::string>& targets) = 0;
  /// Gives it other targets, in one step; what it has then. One that it has already is no error.
  /// Errors: kNotFound (no such alias or target, or it does not lead to one that is to go),
  /// kSyntax, kState (none would be left; it would lead to itself).
  virtual Result<AliasEntry> change_alias(std::string_view address, const TargetChange& change) = 0;
  /// As change_all(); an alias that is there gets the targets of its change.
  virtual Result<BulkOutcome> change_all_aliases(const std::vector<AliasChange>& changes,
                                                 const BulkRules& rules) = 0;
  /// How it was spelt. Errors: kNotFound, kState (another alias leads to it).
  virtual Result<std::string> remove_alias(std::string_view address) = 0;
  /// Sorted by address; targets in the order given.
  virtual Result<std::vector<AliasEntry>> list_aliases() = 0;
  /// As list_each().
  virtual Status list_each_alias(const ListRange& range,
                                 const std::function<bool(const AliasEntry&)>& take);

 private:
  static Error no_devices() {
    return Error(Errc::kState, "no devices are kept here for the accounts of this back end");
  }
};

}  // namespace restante::accounts
