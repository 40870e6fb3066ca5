#include "accounts/own/changes.h"

#include <algorithm>

#include "accounts/names/idna.h"
#include "accounts/names/names.h"
#include "base/limits.h"

namespace restante::accounts::own {
namespace {

constexpr std::size_t kNamesAtOnce = 1000;
// Each is a view of the maildrop, and a connection of the server.
constexpr std::size_t kCopiesMax = 16;
constexpr std::string_view kHere = "here";

template <typename T>
bool same_values(const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b) {
  return a == b || (a && b && *a == *b);
}

bool has_label(const std::vector<DeviceEntry>& devices, std::string_view label) {
  return std::any_of(devices.begin(), devices.end(),
                     [label](const DeviceEntry& device) { return device.label == label; });
}

/// Whether mail for an account with this route of its own may go elsewhere.
bool leads_away(const Route* route) { return route != nullptr && route->pop3 != kHere; }

Error no_copy(const SettingsOwner& owner, std::string_view label) {
  return Error(Errc::kNotFound, "no such copy of " + owner.shown + ": " + std::string(label));
}

}  // namespace

void apply_change(const AccountChange& change, AccountSettings& settings) {
  if (change.enabled) settings.enabled = *change.enabled;
  if (change.no_login) settings.no_login = *change.no_login;
  if (change.networks) {
    settings.networks = *change.networks;
    settings.fault.clear();
  }
  if (change.route) settings.route = *change.route;
  if (change.is_operator) settings.is_operator = *change.is_operator;
  change.allowance.apply_to(settings.allowance);
}

bool same_settings(const AccountSettings& a, const AccountSettings& b) {
  return a.enabled == b.enabled && a.no_login == b.no_login && a.is_operator == b.is_operator &&
         a.fault == b.fault && same_values(a.networks, b.networks) &&
         same_values(a.route, b.route) && a.allowance == b.allowance;
}

bool is_fresh(const AccountSettings& settings) { return same_settings(settings, {}); }

Status check_writable(const AccountSettings& settings) {
  if (settings.fault.empty()) return ok();
  return Error(Errc::kSyntax, settings.fault + "; set its networks anew first");
}

Error worth_another_try(Error error) {
  if (error.code == Errc::kIo) error.code = Errc::kTimeout;
  return error;
}

Result<std::string> make_device(SettingsWriter& store, const SettingsOwner& owner,
                                std::string_view label, WallTime now) {
  if (!is_device_label(label))
    return Error(Errc::kSyntax, "a label is 1 to " + std::to_string(limits::kDeviceLabelBytesMax) +
                                    " bytes of UTF-8 without control characters, and neither "
                                    "begins nor ends with a blank");
  RESTANTE_TRY(const auto devices, store.devices(owner.name));
  if (devices.size() >= limits::kDevicesMax)
    return Error(Errc::kLimit, owner.shown + " has " + std::to_string(devices.size()) +
                                   " devices, the most there may be; remove one first");
  if (has_label(devices, label))
    return Error(Errc::kExists, "there is a device of this label: " + std::string(label));
  std::string password = make_device_password();
  Device device;
  device.label = label;
  device.tag = *device_tag(owner.name, password);
  RESTANTE_CHECKED(store.add_device(owner.name, device, now));
  return password;
}

Status change_devices(SettingsWriter& store, const SettingsOwner& owner,
                      const AccountChange& change, WallTime now, BulkRow& row) {
  bool changed = false;
  for (const std::string& label : change.lost_devices) {
    RESTANTE_TRY(const bool was_there, store.remove_device(owner.name, label));
    changed = changed || was_there;
  }
  for (const std::string& label : change.new_devices) {
    RESTANTE_TRY(const auto devices, store.devices(owner.name));
    if (has_label(devices, label)) continue;
    RESTANTE_TRY(std::string password, make_device(store, owner, label, now));
    row.devices.push_back({label, std::move(password)});
    changed = true;
  }
  if (changed && row.verdict == RowVerdict::kSame) row.verdict = RowVerdict::kChanged;
  return ok();
}

Status check_route(SettingsWriter& store, const SettingsOwner& owner, const Route* route) {
  if (!leads_away(route)) return ok();
  RESTANTE_TRY(const auto copies, store.copies(owner.name));
  if (copies.empty()) return ok();
  return Error(Errc::kExists, owner.shown + " has a copy, " + copies.front().label +
                                  ": an account at another server can have none; remove it first "
                                  "(restantectl account copy remove)");
}

Status make_copy(SettingsWriter& store, const SettingsOwner& owner, const Copy& copy) {
  RESTANTE_TRY(const AccountSettings settings, store.read(owner.name));
  if (leads_away(settings.route.get()))
    return Error(Errc::kState, owner.shown + " is at another server (" + settings.route->pop3 +
                                   "): its mail is not kept here and cannot be copied");
  RESTANTE_TRY(const auto copies, store.copies(owner.name));
  if (copies.size() >= kCopiesMax)
    return Error(Errc::kLimit, owner.shown + " has " + std::to_string(copies.size()) +
                                   " copies, the most there may be; remove one first");
  if (std::ranges::find(copies, copy.label, &Copy::label) != copies.end())
    return Error(Errc::kExists, owner.shown + " has a copy of this label already: " + copy.label);
  return store.put_copy(owner.name, copy);
}

Status pause_copy(SettingsWriter& store, const SettingsOwner& owner, std::string_view label,
                  bool paused) {
  RESTANTE_TRY(auto copies, store.copies(owner.name));
  const auto found = std::ranges::find(copies, label, &Copy::label);
  if (found == copies.end()) return no_copy(owner, label);
  if (found->paused == paused) return ok();
  found->paused = paused;
  return store.put_copy(owner.name, *found);
}

Status drop_copy(SettingsWriter& store, const SettingsOwner& owner, std::string_view label) {
  RESTANTE_TRY(const bool was_there, store.remove_copy(owner.name, label));
  return was_there ? ok() : Status(no_copy(owner, label));
}

Status each_orphan(SettingsWriter& store, const ListRange& range,
                   const std::function<bool(const std::string&)>& take,
                   const std::function<Result<bool>(const std::string&)>& is_account) {
  std::string after = range.after;
  std::size_t given = 0;
  for (;;) {
    RESTANTE_TRY(const auto names, store.names(after, kNamesAtOnce));
    if (names.empty()) return ok();
    for (const std::string& name : names) {
      if (range.limit && given == *range.limit) return ok();
      if (!range.domain.empty() && !same_domain(domain_of(name), range.domain)) continue;
      RESTANTE_TRY(const bool there, is_account(name));
      if (there) continue;
      ++given;
      if (!take(name)) return ok();
    }
    after = names.back();
  }
}

Error nothing_is_set(std::string_view name) {
  return Error(Errc::kNotFound, "nothing is set for " + std::string(name));
}

Status note_refusal(Error error, BulkRow& row) {
  switch (error.code) {
    case Errc::kNotFound:
    case Errc::kExists:
    case Errc::kLimit:
    case Errc::kSyntax: break;
    case Errc::kAuth:
    case Errc::kBusy:
    case Errc::kCorrupt:
    case Errc::kIo:
    case Errc::kFull:
    case Errc::kState:
    case Errc::kTimeout:
    case Errc::kClosed: return error;
  }
  row.verdict = RowVerdict::kRefused;
  row.code = error.code;
  row.why = std::move(error.detail);
  row.devices.clear();
  return ok();
}

}  // namespace restante::accounts::own
