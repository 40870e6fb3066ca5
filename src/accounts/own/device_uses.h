// Logins by device passwords that the store of the settings does not know of yet: noted in memory,
// by an event loop, too, and written down now and then, a device at most once an hour.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "accounts/directory.h"

namespace restante::accounts::own {

/// Callable from any thread.
class DeviceUses {
 public:
  using Uses = std::map<std::pair<std::string, std::string>, WallTime>;  ///< Account and label.

  void note(const Account& account, WallTime now);
  /// Gives `write` what was noted, if anything was; what it wrote is forgotten. Errors: its own;
  /// then all of it stays noted.
  Status save(const std::function<Status(const Uses&)>& write);

 private:
  std::mutex mutex_;
  Uses noted_;
};

}  // namespace restante::accounts::own
