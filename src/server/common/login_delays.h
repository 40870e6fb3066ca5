// When each account last opened its maildrop, for LOGIN-DELAY (RFC 2449 s.6.5). Kept in memory:
// after a restart everybody may come at once. Callable from any thread.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

namespace restante::server {

class LoginDelays {
 public:
  /// Not the clock on the wall, which may be set back.
  using TimePoint = std::chrono::steady_clock::time_point;

  /// True when the account's last login is at least `delay` ago.
  bool may_log_in(const std::string& account, std::chrono::seconds delay, TimePoint now);
  /// Notes a login that has succeeded: a refused one, for any reason, starts no delay. False, and
  /// not noted, when another one has come in between. A delay of 0 notes nothing.
  bool logged_in(const std::string& account, std::chrono::seconds delay, TimePoint now);

 private:
  void forget_old(std::chrono::seconds delay, TimePoint now);

  std::mutex mutex_;
  std::unordered_map<std::string, TimePoint> last_;
  std::size_t forget_at_ = 1024;  // Entries that make a clean-up worth while.
};

}  // namespace restante::server
