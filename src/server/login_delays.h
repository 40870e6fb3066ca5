// When each account last opened its maildrop, for LOGIN-DELAY (RFC 2449 s.6.5). Kept in memory:
// after a restart everybody may come at once.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.h"

namespace restante::server {

class LoginDelays {
 public:
  /// True, and noted, when the account's last login is at least `delay` ago. A delay of 0 notes
  /// nothing. Callable from any thread.
  bool may_log_in(const std::string& account, std::chrono::seconds delay, WallTime now);

 private:
  void forget_old(std::chrono::seconds delay, WallTime now);

  std::mutex mutex_;
  std::unordered_map<std::string, WallTime> last_;
  std::size_t forget_at_ = 1024;  // Entries that make a clean-up worth while.
};

}  // namespace restante::server
