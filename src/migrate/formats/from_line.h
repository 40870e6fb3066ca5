// The line that begins a message in an mbox: "From ", a sender, a date. By its form a POP3 server
// tells it from text that begins with "From "; this takes what Dovecot's takes. Pure, but for the
// machine's time zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace restante::migrate {

/// When the message came, in Unix seconds: by the machine's time zone unless the line has one in
/// numbers. nullopt: the line begins no message. `line` has no line end.
std::optional<std::int64_t> parse_from_line(std::string_view line);

}  // namespace restante::migrate
