// The log: one line an event, key=value, readable by people and by fail2ban; on stderr, in syslog
// or in the journal, as text or as JSON. A peer's words are quoted, so that they can forge neither
// a line nor a key. No secrets, ever.
#pragma once

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <string>
#include <string_view>

#include "server/settings/config.h"

namespace restante::server {

/// Sends spdlog's default logger to where `log` says, UTC times, this level and above. Once, before
/// the first thread and the sandbox.
void set_up_log(settings::LogLevel level, const settings::Log& log);

/// For lines that every level has: that we listen, are ready, are stopping. Supervisors and scripts
/// wait for these lines, so they are on stderr, too.
spdlog::logger& announcements();

/// The value as it may stand behind "key=": as it is when plain, otherwise in quotes with \xNN for
/// control characters, quotes and bytes that are not ASCII; cut after 200 bytes.
std::string for_log(std::string_view value);

}  // namespace restante::server
