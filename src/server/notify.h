// Tells systemd how we are (sd_notify(3)): one datagram to the socket that it names.
#pragma once

#include <string_view>

namespace restante::server {

/// Sends "READY=1", "STOPPING=1", …; does nothing when nobody asked (NOTIFY_SOCKET is not set).
void notify_supervisor(std::string_view state);

}  // namespace restante::server
