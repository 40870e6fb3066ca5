#include "server/common/login_delays.h"

#include <algorithm>

namespace restante::server {

bool LoginDelays::may_log_in(const std::string& account, std::chrono::seconds delay,
                             TimePoint now) {
  // Switched off: nothing is kept.
  if (delay.count() == 0) return true;
  const std::lock_guard lock(mutex_);
  const auto place = last_.find(account);
  return place == last_.end() || now - place->second >= delay;
}

bool LoginDelays::logged_in(const std::string& account, std::chrono::seconds delay, TimePoint now) {
  if (delay.count() == 0) return true;
  const std::lock_guard lock(mutex_);
  const auto [place, is_new] = last_.try_emplace(account, now);
  // Two logins at once have both passed may_log_in(): the second one is refused here.
  if (!is_new) {
    if (now - place->second < delay) return false;
    place->second = now;
  }
  // Swept where entries are added: no thread and no timer for a table that few servers have.
  if (last_.size() >= forget_at_) forget_old(delay, now);
  return true;
}

void LoginDelays::forget_old(std::chrono::seconds delay, TimePoint now) {
  std::erase_if(last_, [&](const auto& entry) { return now - entry.second >= delay; });
  // Twice the rest, so that the sweep costs little for each login.
  forget_at_ = std::max<std::size_t>(1024, 2 * last_.size());
}

}  // namespace restante::server
