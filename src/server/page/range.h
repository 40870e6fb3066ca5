// The spans of time that the page shows.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "history/history.h"

namespace restante::server::page {

enum class Range : std::uint8_t { kHour, kDay, kMonth, kYear, kDecade };

struct RangeInfo {
  Range range{};
  std::string_view name;   ///< In an address: "day".
  std::string_view title;  ///< For people: "The last 24 hours".
  history::Resolution resolution{};
  std::size_t periods = 0;  ///< Columns of a plot.
  std::size_t group = 1;    ///< Periods of the history in one of them.
  std::string_view since;   ///< For `restantectl history --since`.
};

inline constexpr std::array<RangeInfo, 5> kRanges{{
    {Range::kHour, "hour", "The last hour", history::Resolution::kMinute, 60, 1, "1h"},
    {Range::kDay, "day", "The last 24 hours", history::Resolution::kQuarter, 96, 1, "24h"},
    {Range::kMonth, "month", "The last 31 days", history::Resolution::kQuarter, 186, 16, "31d"},
    {Range::kYear, "year", "The last year", history::Resolution::kDay, 366, 1, "366d"},
    {Range::kDecade, "decade", "The last ten years", history::Resolution::kDay, 366, 10, "3660d"},
}};

constexpr const RangeInfo& info_of(Range range) { return kRanges[static_cast<std::size_t>(range)]; }

/// By its name in an address; nullopt: there is none such.
std::optional<Range> find_range(std::string_view name);

/// What a plot of this range shows now: whole periods, of which the last has begun.
struct Window {
  WallTime from{};
  WallTime to{};
  std::chrono::seconds period{};  ///< Of a column.
};
Window window_of(Range range, WallTime now);

/// The values of `group` points after each other as one: their sum, the last that is known, or the
/// greatest, by the measure's kind. A sum of which nothing is known is not known.
std::vector<std::optional<double>> joined(const std::vector<history::Point>& points,
                                          std::size_t group, history::Kind kind);

}  // namespace restante::server::page
