// The calendar of the time zone that this process is in (TZ, or the system's): which day a moment
// is on, and when a day begins there, also on days when the clocks change. It knows no clock.
#pragma once

#include <chrono>

namespace restante::archive {

/// The zone as it is when this is made. A moment that no calendar has is taken for UTC.
class LocalCalendar {
 public:
  LocalCalendar();

  /// The day that a clock on the wall shows.
  [[nodiscard]] std::chrono::local_days day_of(std::chrono::sys_seconds time) const;
  /// Its first second. That is not always midnight: some zones put their clocks on at 00:00.
  [[nodiscard]] std::chrono::sys_seconds begin_of(std::chrono::local_days day) const;
};

}  // namespace restante::archive
