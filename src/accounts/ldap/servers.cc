#include "accounts/ldap/servers.h"

#include <algorithm>
#include <numeric>

namespace restante::accounts::ldap {
namespace {

// After this time, one question tries the server again that the operator put first.
// Longer would keep load on the second server, shorter would cost a timeout too often.
constexpr auto kComesLast = std::chrono::seconds(30);

std::vector<std::string> split(std::string_view uris) {
  std::vector<std::string> out;
  while (!uris.empty()) {
    const std::size_t end = std::min(uris.find(' '), uris.size());
    if (end > 0) out.emplace_back(uris.substr(0, end));
    uris.remove_prefix(std::min(end + 1, uris.size()));
  }
  return out;
}

}  // namespace

Servers::Servers(std::string_view uris) : uris_(split(uris)), last_until_(uris_.size()) {}

std::vector<std::size_t> Servers::order(Time now) const {
  std::vector<std::size_t> all(uris_.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const std::lock_guard lock(mutex_);
  // Stable: the operator's order holds among those that work, and among those that do not.
  std::stable_partition(all.begin(), all.end(),
                        [&](std::size_t server) { return last_until_[server] <= now; });
  return all;
}

bool Servers::is_behind(std::size_t server, Time now) const {
  const std::lock_guard lock(mutex_);
  // Only when another one works: with none there is no better place to go.
  return last_until_.at(server) > now && std::any_of(last_until_.begin(), last_until_.end(),
                                                     [now](Time until) { return until <= now; });
}

void Servers::failed(std::size_t server, Time now) {
  const std::lock_guard lock(mutex_);
  last_until_.at(server) = now + kComesLast;
}

void Servers::answered(std::size_t server) {
  const std::lock_guard lock(mutex_);
  last_until_.at(server) = Time();
}

}  // namespace restante::accounts::ldap
