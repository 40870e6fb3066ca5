#include "server/page/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::server::page {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

Plot two_hours() {
  Plot plot;
  plot.title = "Logins <now>";
  plot.from = WallTime(std::chrono::days(20'787) + 12h);
  plot.period = 1h;
  plot.periods = 2;
  plot.series = {{"good", "good", {1'000'000.0, std::nullopt}}, {"failed", "bad", {1.0, {}}}};
  return plot;
}

TEST(PagePlot, TheNumbersOfAPeriodAreItsTitle) {
  const std::string picture = svg(two_hours());
  EXPECT_THAT(picture, HasSubstr("<title>2026-11-30 12:00: 1,000,000 good, 1 failed</title>"));
  EXPECT_THAT(picture, HasSubstr("<title>2026-11-30 13:00: not known</title>"));
  EXPECT_THAT(picture, HasSubstr("aria-label=\"Logins &lt;now&gt;\""));
}

TEST(PagePlot, OneOfAMillionIsSeen) {
  EXPECT_THAT(svg(two_hours()), HasSubstr("<rect class=\"bad\""));
  EXPECT_THAT(svg(two_hours()), HasSubstr("height=\"1.0\"/></g>"));
}

TEST(PagePlot, WhatIsUnknownHasNoColumn) {
  Plot plot = two_hours();
  plot.series = {{"good", "good", {std::nullopt, 0.0}}};
  EXPECT_THAT(svg(plot), Not(HasSubstr("class=\"good\"")));
  EXPECT_THAT(svg(plot), HasSubstr("13:00: 0 good"));
}

TEST(PagePlot, NothingIsNoPicture) { EXPECT_EQ(svg(Plot()), ""); }

TEST(PagePlot, NeedsNoScriptAndNoStyle) {
  const std::string picture = svg(two_hours());
  EXPECT_THAT(picture, Not(HasSubstr("<script")));
  EXPECT_THAT(picture, Not(HasSubstr("style=")));
  EXPECT_THAT(picture, Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace restante::server::page
