// Tells systemd how we are (sd_notify(3)): datagrams to the socket that it names. The connection is
// made once: a server does it before its sandbox, which makes none.
#pragma once

#include <chrono>
#include <string_view>

#include "files/descriptor.h"

namespace restante::net {

/// How often systemd wants a sign of life (sd_watchdog_enabled(3)); zero: never.
std::chrono::microseconds watchdog_interval();

class Supervisor {
 public:
  /// Connects to NOTIFY_SOCKET; without one, notify() does nothing.
  Supervisor();

  /// Sends "READY=1", "STOPPING=1", …. On any thread.
  void notify(std::string_view state) const;

 private:
  files::Descriptor socket_;
};

}  // namespace restante::net
