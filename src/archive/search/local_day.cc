#include "archive/search/local_day.h"

#include <time.h>

namespace restante::archive {
namespace {

using std::chrono::local_days;
using std::chrono::seconds;
using std::chrono::sys_seconds;

// A day more than the clocks of any zone differ from UTC.
constexpr std::chrono::hours kFar{48};

seconds offset_at(sys_seconds time) {
  const time_t count = time.time_since_epoch().count();
  tm parts{};
  return ::localtime_r(&count, &parts) == nullptr ? seconds(0) : seconds(parts.tm_gmtoff);
}

}  // namespace

LocalCalendar::LocalCalendar() { ::tzset(); }  // localtime_r() need not look at TZ by itself.

local_days LocalCalendar::day_of(sys_seconds time) const {
  const seconds shown = time.time_since_epoch() + offset_at(time);
  return local_days(std::chrono::floor<std::chrono::days>(shown));
}

sys_seconds LocalCalendar::begin_of(local_days day) const {
  const sys_seconds midnight(day.time_since_epoch());  // In UTC.
  sys_seconds before = midnight - kFar;
  sys_seconds first = midnight + kFar;
  while (first - before > seconds(1)) {
    const sys_seconds middle = before + (first - before) / 2;
    (day_of(middle) < day ? before : first) = middle;
  }
  return first;
}

}  // namespace restante::archive
