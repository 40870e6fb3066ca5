#include "server/copies/copy_targets.h"

namespace restante::server {
namespace {

// A target that restarts is no trouble yet.
constexpr std::uint64_t kFailuresOfTrouble = 3;

FarPlace place_of(const copies::Target& target) { return {target.host, target.port}; }

}  // namespace

Result<std::unique_ptr<CopyTargets>> CopyTargets::load(const copies::Settings& settings) {
  auto out = std::make_unique<CopyTargets>();
  for (const copies::Target& target : settings.targets) {
    net::TlsClientSettings tls;
    tls.server_name = target.host;
    tls.ca_file = settings.ca_file;
    auto loaded = net::TlsClientContext::load(tls);
    if (!loaded) {
      loaded.error().detail = "copies: " + loaded.error().detail;
      return loaded.error();
    }
    out->servers_[to_string(target)] = {target, place_of(target), std::move(*loaded),
                                        !settings.ca_file.empty()};
  }
  return out;
}

const CopyServer* CopyTargets::find(const copies::Target& target) const {
  const auto found = servers_.find(to_string(target));
  return found == servers_.end() ? nullptr : &found->second;
}

std::optional<WallTime> CopyTargets::rests_until(const std::string& target, WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto found = states_.find(target);
  if (found == states_.end() || found->second.failures == 0) return std::nullopt;
  if (is_due(found->second.until, now)) return std::nullopt;
  return found->second.until;
}

WallTime CopyTargets::failed(const std::string& target, std::string reason, WallTime now) {
  const std::lock_guard lock(mutex_);
  State& state = states_[target];
  // Several threads may have found it silent at once: that is one failure.
  if (state.failures == 0 || is_due(state.until, now))
    state.until = now + copy_wait(++state.failures);
  state.reason = std::move(reason);
  return state.until;
}

void CopyTargets::answered(const std::string& target) {
  const std::lock_guard lock(mutex_);
  const auto found = states_.find(target);
  if (found != states_.end()) found->second.failures = 0;
}

void CopyTargets::ask_again(const std::string& target) {
  const std::lock_guard lock(mutex_);
  const auto found = states_.find(target);
  if (found != states_.end()) found->second.until = WallTime{};
}

bool CopyTargets::take(const std::string& target, std::uint32_t per_minute) {
  if (per_minute == 0) return true;
  const std::lock_guard lock(mutex_);
  return states_[target].rate.take(per_minute, std::chrono::steady_clock::now());
}

std::map<std::string, std::string> CopyTargets::down() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::string> out;
  for (const auto& [target, state] : states_)
    if (state.failures >= kFailuresOfTrouble) out[target] = state.reason;
  return out;
}

std::vector<FarPlace> copy_places(const copies::Settings& settings) {
  std::vector<FarPlace> out;
  for (const copies::Target& target : settings.targets) out.push_back(place_of(target));
  return out;
}

}  // namespace restante::server
