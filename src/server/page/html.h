// Text in HTML, and figures for people to read.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "config/size.h"

namespace restante::server::page {

/// For text between tags and for values in double quotes. Control characters and octets that are
/// no UTF-8 become U+FFFD: a name may be anything.
std::string escaped(std::string_view text);

/// "1,234,567".
std::string grouped(std::uint64_t number);
using config::human_bytes;
/// "3 days 4 h", "12 min", "40 s": two units at most.
std::string span(std::chrono::seconds length);
/// "99.98 %"; "–" where nothing happened.
std::string percent(double part, double whole);
/// "2026-11-30 14:15", in UTC.
std::string moment(WallTime time);

}  // namespace restante::server::page
