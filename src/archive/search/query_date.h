// A date as people write it: which time it means. It is told the time, and asks for the time zone
// alone.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace restante::archive {

/// From the first second to before the last; both are the same for a moment.
struct DateSpan {
  std::chrono::sys_seconds first;
  std::chrono::sys_seconds last;
};

/// All of a year, month, week or day of the time zone (local_day.h): "2024", "2024-03", "2024-3-5",
/// "2024/03/05", "20240305", "5.3.2024", "3.2024", "mar-2024", "5 Mar 2024", "March 5, 2024",
/// "2024-W10" (ISO 8601), "today", "yesterday". Or a moment: "7d" (and h, w, m, y: that long ago),
/// "2024-03-05T08:00:00Z" (RFC 3339). Not "3/5/2024", which half of the world takes for another
/// day. Nothing: it is none of them.
std::optional<DateSpan> date_span(std::string_view text, std::chrono::sys_seconds now);

}  // namespace restante::archive
