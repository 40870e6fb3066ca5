// Round numbers for the axes of a plot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace restante::server::page {

enum class Unit : std::uint8_t { kCount, kOctets };

/// "1.2 GiB", "12,345".
std::string in_unit(double value, Unit unit);

/// From 0 up to the first that is not below `most`: 3 to 6 of them, at equal, round distances
/// (1, 2 or 5 of a power of ten, or of two for octets).
std::vector<double> ticks(double most, Unit unit);

/// A moment that stands at the axis, as it is written there.
struct TimeTick {
  WallTime time{};
  std::string text;
};

/// Round moments within [from, to), four to ten where the span is long enough: whole minutes,
/// hours, days, months or years, in UTC.
std::vector<TimeTick> time_ticks(WallTime from, WallTime to);

}  // namespace restante::server::page
