#include "server/page/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::server::page {
namespace {

using history::Measure;

constexpr WallTime kNow{std::chrono::days(20'787)};

/// The same in each period of each measure that is named.
ReadHistory steady(std::map<Measure, std::int64_t> values) {
  return [values = std::move(values)](const history::Query& query) {
    std::vector<history::Point> out;
    for (WallTime at = query.from; at < query.to; at += history::info_of(query.resolution).span) {
      history::Point point;
      point.began = at;
      if (const auto found = values.find(query.measure); found != values.end())
        point.value = found->second;
      out.push_back(point);
    }
    return Result<std::vector<history::Point>>(std::move(out));
  };
}

TEST(PageFigures, SayWhatTheyShow) {
  const auto found = figures_of(steady({{Measure::kRetrievalsAsked, 100},
                                        {Measure::kRetrievalsWhole, 97},
                                        {Measure::kRetrievalsRefused, 1},
                                        {Measure::kLoginsGood, 10},
                                        {Measure::kLoginMicroseconds, 25'000},
                                        {Measure::kLiveBytes, 2048}}),
                                Range::kHour, kNow);
  ASSERT_TRUE(found);
  const Figure& retrieval = found->at(0);
  EXPECT_EQ(retrieval.summary, "97.00 % of 6,000 messages that were asked for went out whole");
  EXPECT_EQ(retrieval.command, "restantectl history retrieval --since 1h");
  ASSERT_EQ(retrieval.plot.series.size(), 3U);
  EXPECT_EQ(retrieval.plot.series[1].values.at(7), 2);  // Cut: neither whole nor refused.
  EXPECT_EQ(found->at(1).summary,
            "600 good, 0 failed, 0 refused; a good one took 2.5 ms on average");
  EXPECT_EQ(found->back().summary, "2.0 KiB of live mail on the disk");
}

TEST(PageFigures, AnEmptyHistoryIsSaidToBe) {
  const auto found = figures_of(steady({}), Range::kDecade, kNow);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at(0).summary, "No message was asked for");
  EXPECT_EQ(found->at(1).summary, "0 good, 0 failed, 0 refused");
  EXPECT_EQ(found->back().summary, "Not known before the first upkeep");
  for (const Figure& figure : *found) EXPECT_EQ(figure.plot.periods, 366U);
}

TEST(PageFigures, AHistoryThatCannotBeReadIsAnError) {
  const ReadHistory broken = [](const history::Query&) {
    return Result<std::vector<history::Point>>(Error(Errc::kCorrupt, "broken"));
  };
  EXPECT_EQ(figures_of(broken, Range::kDay, kNow).error().code, Errc::kCorrupt);
}

}  // namespace
}  // namespace restante::server::page
