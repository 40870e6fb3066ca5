#include "accounts/own/device_uses.h"

#include <algorithm>

namespace restante::accounts::own {
namespace {

constexpr auto kUseGranularity = std::chrono::hours(1);
constexpr std::size_t kNotedMax = 100000;

}  // namespace

void DeviceUses::note(const Account& account, WallTime now) {
  const auto device = std::find_if(account.devices.begin(), account.devices.end(),
                                   [&](const Device& d) { return d.label == account.device; });
  if (device == account.devices.end()) return;
  if (device->last_used && now - *device->last_used < kUseGranularity) return;
  const std::lock_guard lock(mutex_);
  if (noted_.size() >= kNotedMax) return;
  noted_.try_emplace({account.name, account.device}, now);
}

Status DeviceUses::save(const std::function<Status(const Uses&)>& write) {
  Uses uses;
  {
    const std::lock_guard lock(mutex_);
    uses = noted_;
  }
  if (uses.empty()) return ok();
  RESTANTE_CHECKED(write(uses));
  const std::lock_guard lock(mutex_);
  for (const auto& [device, when] : uses) noted_.erase(device);
  return ok();
}

}  // namespace restante::accounts::own
