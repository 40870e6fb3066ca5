// Times as people here read them: in the time zone of this process (TZ, or the system's). Times for
// programs are UTC, and are not made here.
#pragma once

#include <cstdint>
#include <string>

namespace restante::cli {

/// "2026-11-22 06:00"; a time that no calendar has is the number of its seconds.
std::string short_date(std::int64_t seconds);
/// As a Date field writes it (RFC 5322 s.3.3): "Sun, 22 Nov 2026 06:00:00 +0100".
std::string long_date(std::int64_t seconds);

}  // namespace restante::cli
