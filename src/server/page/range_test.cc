#include "server/page/range.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::server::page {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(PageRange, EachFitsTheHistory) {
  for (const RangeInfo& info : kRanges) {
    EXPECT_EQ(find_range(info.name), info.range);
    EXPECT_EQ(info_of(info.range).name, info.name);
    const auto fine = history::info_of(info.resolution);
    EXPECT_LE(info.periods * info.group, static_cast<std::size_t>(fine.kept)) << info.name;
    EXPECT_LE(info.periods * info.group, history::kPointsMax) << info.name;
  }
  EXPECT_FALSE(find_range("week"));
  EXPECT_FALSE(find_range(""));
}

TEST(PageRange, AWindowEndsWithThePeriodThatHasBegun) {
  const WallTime now(std::chrono::days(20'787) + 14h + 15min + 7s);
  const Window hour = window_of(Range::kHour, now);
  EXPECT_EQ(hour.to, WallTime(std::chrono::days(20'787) + 14h + 16min));
  EXPECT_EQ(hour.to - hour.from, 1h);
  const Window month = window_of(Range::kMonth, now);
  EXPECT_EQ(month.period, 4h);
  EXPECT_EQ(month.to - month.from, 31 * 24h);
}

std::vector<history::Point> points(const std::vector<std::optional<std::int64_t>>& values) {
  std::vector<history::Point> out;
  for (const auto& value : values) {
    history::Point point;
    point.value = value;
    out.push_back(point);
  }
  return out;
}

TEST(PageRange, SumsLastsAndMosts) {
  const auto all = points({1, 5, std::nullopt, 2, std::nullopt, std::nullopt, 4});
  EXPECT_THAT(joined(all, 2, history::Kind::kSum), ElementsAre(6, 2, std::nullopt, 4));
  EXPECT_THAT(joined(all, 2, history::Kind::kLast), ElementsAre(5, 2, std::nullopt, 4));
  EXPECT_THAT(joined(points({5, 1}), 2, history::Kind::kMost), ElementsAre(5));
  EXPECT_TRUE(joined({}, 3, history::Kind::kSum).empty());
}

}  // namespace
}  // namespace restante::server::page
