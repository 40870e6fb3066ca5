#include "accounts/own/settings_admin.h"

namespace restante::accounts::own {

Status SettingsAdmin::change_settings(std::string_view name,
                                      const std::function<void(AccountSettings&)>& change) {
  return in_settings_of(name, [&](SettingsWriter& store, const SettingsOwner& owner) -> Status {
    RESTANTE_TRY(AccountSettings settings, store.read(owner.name));
    change(settings);
    return store.write(owner.name, settings);
  });
}

Status SettingsAdmin::set_enabled(std::string_view name, bool enabled) {
  return change_settings(name, [enabled](AccountSettings& settings) {
    settings.enabled = enabled;
    if (enabled) settings.no_login = false;
  });
}

Status SettingsAdmin::bar_login(std::string_view name) {
  return change_settings(name, [](AccountSettings& settings) { settings.no_login = true; });
}

Status SettingsAdmin::set_networks(std::string_view name,
                                   const std::shared_ptr<const Networks>& networks) {
  return change_settings(name, [&networks](AccountSettings& settings) {
    settings.networks = networks;
    // What could not be read is replaced now, and bars logins no more.
    settings.fault.clear();
  });
}

Status SettingsAdmin::set_route(std::string_view name, const std::shared_ptr<const Route>& route) {
  return in_settings_of(name, [&](SettingsWriter& store, const SettingsOwner& owner) -> Status {
    if (Status fits = check_route(store, owner, route.get()); !fits)
      return fits.error().code == Errc::kExists ? Error(Errc::kState, fits.error().detail)
                                                : fits.error();
    RESTANTE_TRY(AccountSettings settings, store.read(owner.name));
    settings.route = route;
    return store.write(owner.name, settings);
  });
}

Status SettingsAdmin::set_operator(std::string_view name, bool is_operator) {
  return change_settings(
      name, [is_operator](AccountSettings& settings) { settings.is_operator = is_operator; });
}

Result<Allowance> SettingsAdmin::change_allowance(std::string_view name,
                                                  const std::function<void(Allowance&)>& change) {
  Allowance changed;
  RESTANTE_CHECKED(change_settings(name, [&](AccountSettings& settings) {
    change(settings.allowance);
    changed = settings.allowance;
  }));
  return changed;
}

Result<NewDevice> SettingsAdmin::add_device(std::string_view name, std::string_view label) {
  NewDevice made;
  RESTANTE_CHECKED(
      in_settings_of(name, [&](SettingsWriter& store, const SettingsOwner& owner) -> Status {
        RESTANTE_TRY(std::string password, make_device(store, owner, label, clock_.now()));
        made = {owner.shown, std::move(password)};
        return ok();
      }));
  return made;
}

Status SettingsAdmin::remove_device(std::string_view name, std::string_view label) {
  return in_settings_of(name, [&](SettingsWriter& store, const SettingsOwner& owner) -> Status {
    RESTANTE_TRY(const bool was_there, store.remove_device(owner.name, label));
    if (was_there) return ok();
    return Error(Errc::kNotFound, "no such device of " + owner.shown + ": " + std::string(label));
  });
}

Status SettingsAdmin::add_copy(std::string_view name, const Copy& copy) {
  Copy made = copy;
  made.created = clock_.now();
  return in_settings_of(name, [&](SettingsWriter& store, const SettingsOwner& owner) {
    return make_copy(store, owner, made);
  });
}

Status SettingsAdmin::set_copy_paused(std::string_view name, std::string_view label, bool paused) {
  return in_settings_of(name, [&](SettingsWriter& store, const SettingsOwner& owner) {
    return pause_copy(store, owner, label, paused);
  });
}

Status SettingsAdmin::remove_copy(std::string_view name, std::string_view label) {
  return in_settings_of(name, [&](SettingsWriter& store, const SettingsOwner& owner) {
    return drop_copy(store, owner, label);
  });
}

Result<std::vector<AccountEntry>> SettingsAdmin::list() {
  std::vector<AccountEntry> entries;
  RESTANTE_CHECKED(list_each({}, [&](const AccountEntry& entry) {
    entries.push_back(entry);
    return true;
  }));
  return entries;
}

Result<std::vector<AliasEntry>> SettingsAdmin::list_aliases() {
  std::vector<AliasEntry> entries;
  RESTANTE_CHECKED(list_each_alias({}, [&](const AliasEntry& entry) {
    entries.push_back(entry);
    return true;
  }));
  return entries;
}

}  // namespace restante::accounts::own
