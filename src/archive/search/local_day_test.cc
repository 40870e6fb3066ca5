#include "archive/search/local_day.h"

#include <gtest/gtest.h>

#include "archive/search/test_zone.h"

namespace restante::archive {
namespace {

namespace ch = std::chrono;

// Zones as TZ may say them, so that no table of zones need be installed.
constexpr const char* kCentralEurope = "CET-1CEST,M3.5.0,M10.5.0/3";
constexpr const char* kNewfoundland = "NST3:30NDT,M3.2.0,M11.1.0";
constexpr const char* kLineIslands = "<+14>-14";
// At midnight to 01:00 in October, and at midnight back to 23:00 in February.
constexpr const char* kMidnight = "<-03>3<-02>,M10.3.0/0,M2.3.0/0";
constexpr const char* kEarly = "CST5CDT,M3.2.0/0,M11.1.0/1";  // Back from 01:00 to midnight.

ch::sys_seconds at(std::int64_t seconds) { return ch::sys_seconds{ch::seconds(seconds)}; }

ch::local_days day(int year, unsigned month, unsigned day) {
  return ch::local_days(ch::year(year) / ch::month(month) / ch::day(day));
}

std::int64_t begin(ch::local_days day) {
  return LocalCalendar().begin_of(day).time_since_epoch().count();
}

std::int64_t hours(ch::local_days day) { return (begin(day + ch::days(1)) - begin(day)) / 3600; }

TEST(LocalDay, IsTheZones) {
  constexpr std::int64_t kMoment = 1795323600;  // 2026-11-22 05:00:00 UTC.
  const auto shown = [&] { return LocalCalendar().day_of(at(kMoment)); };
  {
    const TestZone zone("UTC");
    EXPECT_EQ(shown(), day(2026, 11, 22));
    EXPECT_EQ(begin(day(2026, 11, 22)), 1795305600);
  }
  {
    const TestZone zone("PST8");
    EXPECT_EQ(shown(), day(2026, 11, 21));
    EXPECT_EQ(begin(day(2026, 11, 21)), 1795305600 - 86400 + 8 * 3600);
  }
  const TestZone zone(kLineIslands);
  EXPECT_EQ(LocalCalendar().day_of(at(kMoment + 5 * 3600)), day(2026, 11, 23));
  EXPECT_EQ(begin(day(2026, 11, 23)), kMoment + 5 * 3600);
}

TEST(LocalDay, IsAsLongAsTheClocksMakeIt) {
  {
    const TestZone zone(kCentralEurope);
    EXPECT_EQ(begin(day(2026, 3, 29)), 1774738800);  // 2026-03-28 23:00 UTC.
    EXPECT_EQ(hours(day(2026, 3, 28)), 24);
    EXPECT_EQ(hours(day(2026, 3, 29)), 23);
    EXPECT_EQ(hours(day(2026, 10, 25)), 25);
    EXPECT_EQ(begin(day(2026, 10, 26)), 1792969200);  // 2026-10-25 23:00 UTC.
  }
  const TestZone zone(kMidnight);
  EXPECT_EQ(hours(day(2026, 10, 18)), 23);  // Begins at 01:00.
  EXPECT_EQ(hours(day(2026, 2, 14)), 25);   // Has 23:00 to 24:00 twice.
}

TEST(LocalDay, BeginsWhereTheDayBeforeEnds) {
  for (const char* const name :
       {"UTC", kCentralEurope, kNewfoundland, kLineIslands, kMidnight, kEarly}) {
    const TestZone zone(name);
    const LocalCalendar calendar;
    for (ch::local_days it = day(2026, 1, 1); it < day(2027, 1, 2); it += ch::days(1)) {
      const ch::sys_seconds first = calendar.begin_of(it);
      ASSERT_EQ(calendar.day_of(first), it) << name;
      ASSERT_EQ(calendar.day_of(first - ch::seconds(1)), it - ch::days(1)) << name;
    }
  }
}

TEST(LocalDay, AnyNumberIsATime) {
  const TestZone zone(kCentralEurope);
  const LocalCalendar calendar;
  EXPECT_EQ(calendar.day_of(at(0)), day(1970, 1, 1));
  EXPECT_EQ(calendar.day_of(at(-7200)), day(1969, 12, 31));
  constexpr std::int64_t kFar = std::int64_t{1} << 61U;
  EXPECT_EQ(calendar.day_of(at(kFar)).time_since_epoch().count(), kFar / 86400);
}

}  // namespace
}  // namespace restante::archive
