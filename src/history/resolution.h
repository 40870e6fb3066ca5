// How fine the history is, and for how long: a minute's values for two days, those of a quarter of
// an hour for three months, a day's (in UTC) for ten years.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/clock.h"

namespace restante::history {

/// The numbers are in files.
enum class Resolution : std::uint8_t { kMinute = 0, kQuarter = 1, kDay = 2 };

struct ResolutionInfo {
  Resolution resolution{};
  std::string_view name;
  std::chrono::seconds span{};
  std::int64_t kept = 0;  ///< The number of periods: no jump of the clock makes it smaller.
};

inline constexpr std::array<ResolutionInfo, 3> kResolutions{
    ResolutionInfo{Resolution::kMinute, "minute", std::chrono::minutes(1), 2L * 24 * 60},
    ResolutionInfo{Resolution::kQuarter, "quarter", std::chrono::minutes(15), 92L * 24 * 4},
    ResolutionInfo{Resolution::kDay, "day", std::chrono::hours(24), 3660},
};

constexpr const ResolutionInfo& info_of(Resolution resolution) {
  return kResolutions[static_cast<std::size_t>(resolution)];
}

/// Where the period begins that `time` is in, in seconds of Unix time.
constexpr std::int64_t begin_of(Resolution resolution, WallTime time) {
  const std::int64_t span = info_of(resolution).span.count();
  const std::int64_t seconds =
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  const std::int64_t rest = seconds % span;
  return seconds - rest - (rest < 0 ? span : 0);
}

/// The finest that reaches back so far.
constexpr Resolution resolution_for(std::chrono::seconds age) {
  for (const ResolutionInfo& info : kResolutions)
    if (age <= info.span * info.kept) return info.resolution;
  return Resolution::kDay;
}

}  // namespace restante::history
