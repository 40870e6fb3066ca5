#include "accounts/own/changes.h"

#include <algorithm>

#include "accounts/names/idna.h"
#include "accounts/names/names.h"
#include "base/limits.h"

namespace restante::accounts::own {
namespace {

constexpr std::size_t kNamesAtOnce = 1000;

template <typename T>
bool same_values(const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b) {
  return a == b || (a && b && *a == *b);
}

bool has_label(const std::vector<DeviceEntry>& devices, std::string_view label) {
  return std::any_of(devices.begin(), devices.end(),
                     [label](const DeviceEntry& device) { return device.label == label; });
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
