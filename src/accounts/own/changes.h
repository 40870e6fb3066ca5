// Changes of what is set for an account, in any store: what a change says becomes settings and
// devices. Between SettingsWriter::in_one()'s beginning and end.
#pragma once

#include <string>
#include <string_view>

#include "accounts/admin.h"
#include "accounts/bulk.h"
#include "accounts/settings_store.h"

namespace restante::accounts::own {

/// An account as its owner knows it, and the name that its settings and the hashes of its devices
/// go by: Account::name.
struct SettingsOwner {
  std::string shown;
  std::string name;
};

/// The settings of `change` alone, without its devices; what it does not say stays.
void apply_change(const AccountChange& change, AccountSettings& settings);

/// All but their devices.
bool same_settings(const AccountSettings& a, const AccountSettings& b);
/// Whether nothing is set. Devices do not count.
bool is_fresh(const AccountSettings& settings);

/// Errors: kSyntax (the stored networks cannot be read: they must not become "from everywhere").
Status check_writable(const AccountSettings& settings);

/// What a back end or a store that is down says, as an error of a command: worth another try.
Error worth_another_try(Error error);

/// Makes a password for one device. Errors: kExists (the label is taken), kLimit (too many
/// devices), kSyntax (no label).
Result<std::string> make_device(SettingsWriter& store, const SettingsOwner& owner,
                                std::string_view label, WallTime now);

/// The devices of `change`; one that is there already keeps its password: a file that is read every
/// night makes it once. `row` gets the passwords, and is kChanged where it was kSame. Errors: as
/// make_device().
Status change_devices(SettingsWriter& store, const SettingsOwner& owner,
                      const AccountChange& change, WallTime now, BulkRow& row);

/// ok(), unless an account whose route is to become this one has copies: mail that does not come
/// here cannot be copied. Errors: kExists; those of the store.
Status check_route(SettingsWriter& store, const SettingsOwner& owner, const Route* route);

/// As AccountAdmin::add_copy(), of an account that is there.
Status make_copy(SettingsWriter& store, const SettingsOwner& owner, const Copy& copy);
/// As AccountAdmin::set_copy_paused() and remove_copy().
Status pause_copy(SettingsWriter& store, const SettingsOwner& owner, std::string_view label,
                  bool paused);
Status drop_copy(SettingsWriter& store, const SettingsOwner& owner, std::string_view label);

/// The names that AccountAdmin::list_orphans() gives out: those of the store in `range` that are
/// `is_account` no more.
Status each_orphan(SettingsWriter& store, const ListRange& range,
                   const std::function<bool(const std::string&)>& take,
                   const std::function<Result<bool>(const std::string&)>& is_account);
Error nothing_is_set(std::string_view name);

/// A refusal of one row, which is not the end of the others; anything else is, and is given back.
/// Gives the row what the error says.
Status note_refusal(Error error, BulkRow& row);

}  // namespace restante::accounts::own
