#include "server/page/scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace restante::server::page {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(Scale, TicksAreRoundAndReachTheMost) {
  EXPECT_THAT(ticks(0, Unit::kCount), ElementsAre(0, 1, 2));
  EXPECT_THAT(ticks(3, Unit::kCount), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(ticks(4711, Unit::kCount), ElementsAre(0, 1000, 2000, 3000, 4000, 5000));
  EXPECT_THAT(ticks(3.0 * 1048576, Unit::kOctets),
              ElementsAre(0, 1048576, 2 * 1048576, 3 * 1048576));
}

TEST(Scale, ThereAreNeverMany) {
  for (double most = 1; most < 1e16; most *= 1.7)
    for (const Unit unit : {Unit::kCount, Unit::kOctets}) {
      const auto found = ticks(most, unit);
      EXPECT_GE(found.back(), most);
      EXPECT_LE(found.size(), 6U) << most;
      EXPECT_GE(found.size(), 3U) << most;
    }
}

TEST(Scale, MomentsAreRound) {
  const WallTime noon(std::chrono::days(20'787) + 12h);
  const auto texts = [](WallTime from, WallTime to) {
    std::vector<std::string> out;
    for (const TimeTick& tick : time_ticks(from, to)) out.push_back(tick.text);
    return out;
  };
  EXPECT_THAT(texts(noon - 25min, noon + 1ms), ElementsAre("11:40", "11:50", "12:00"));
  EXPECT_THAT(texts(noon - 12h, noon), ElementsAre("00:00", "04:00", "08:00"));
  EXPECT_THAT(texts(noon - 72h, noon), ElementsAre("28 Nov", "29 Nov", "30 Nov"));
  EXPECT_THAT(texts(noon - 300 * 24h, noon), ElementsAre("Mar", "May", "Jul", "Sep", "Nov"));
  EXPECT_THAT(texts(noon - 3 * 366 * 24h, noon), ElementsAre("2024", "2025", "2026"));
}

TEST(Scale, FiguresHaveTheirUnit) {
  EXPECT_EQ(in_unit(1234.4, Unit::kCount), "1,234");
  EXPECT_EQ(in_unit(2048, Unit::kOctets), "2.0 KiB");
}

}  // namespace
}  // namespace restante::server::page
