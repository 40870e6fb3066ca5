// Words for the user at the desktop, by notify-send. Without a desktop nothing is said.
#pragma once

#include <string>

#include "dial/stop_signal.h"

namespace restante::cli {

/// Takes some seconds at most. `icon` is a name of the icon theme.
void show_on_desktop(const std::string& title, const std::string& text, const std::string& icon,
                     const net::StopSignal& stop);

}  // namespace restante::cli
