#include "console/meter.h"

#include <gtest/gtest.h>

namespace restante::console {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kMiB = 1U << 20;

TEST(HumanTime, HoursOnlyWhenThereAre) {
  EXPECT_EQ(human_time(seconds(0)), "0:00");
  EXPECT_EQ(human_time(seconds(7)), "0:07");
  EXPECT_EQ(human_time(seconds(754)), "12:34");
  EXPECT_EQ(human_time(seconds(3723)), "1:02:03");
}

TEST(WorkMeter, RateAndTimeLeft) {
  const TimePoint start{};
  WorkMeter meter(start);
  EXPECT_EQ(meter.rate(), 0);
  EXPECT_FALSE(meter.left());
  meter.set_total(100 * kMiB);
  for (int i = 1; i <= 10; ++i) meter.add(kMiB, start + milliseconds(500 * i));
  EXPECT_DOUBLE_EQ(meter.rate(), 2.0 * kMiB);
  EXPECT_EQ(meter.left(), seconds(45));
  EXPECT_EQ(meter.done(), 10 * kMiB);
}

TEST(WorkMeter, OnlyTheLastSecondsCount) {
  const TimePoint start{};
  WorkMeter meter(start);
  meter.set_total(kMiB * 1000);
  meter.add(500 * kMiB, start + seconds(1));
  for (int i = 2; i <= 40; ++i) meter.add(kMiB, start + seconds(i));
  EXPECT_NEAR(meter.rate(), kMiB, kMiB / 10.0);
}

TEST(WorkMeter, MoreThanExpectedIsNothingLeft) {
  const TimePoint start{};
  WorkMeter meter(start);
  meter.set_total(10);
  meter.add(100, start + seconds(1));
  EXPECT_EQ(meter.left(), seconds(0));
  EXPECT_NE(render_line("x", meter).find("100%"), std::string::npos);
}

TEST(RenderBar, FillsTheLineAndFitsIt) {
  const TimePoint start{};
  WorkMeter meter(start);
  meter.set_total(4 * kMiB);
  meter.add(kMiB, start + seconds(1));
  EXPECT_EQ(render_bar("checking", meter, 79),
            "checking  1.0 MiB of 4.0 MiB   25%  [####               ]  1.0 MiB/s  0:03 left");
  EXPECT_EQ(render_bar("checking", meter, 79).size(), 79U);
  for (std::size_t columns = 0; columns < 200; ++columns)
    EXPECT_LE(render_bar("checking", meter, columns).size(), columns);
  EXPECT_EQ(render_bar("checking", meter, 60),
            "checking  1.0 MiB of 4.0 MiB   25%    1.0 MiB/s  0:03 left");
  EXPECT_EQ(render_line("checking", meter),
            "checking  1.0 MiB of 4.0 MiB  25%  1.0 MiB/s  0:03 left");
}

TEST(RenderBar, PiecesAreNoBytes) {
  const TimePoint start{};
  WorkMeter meter(start);
  meter.set_total(40000, Unit::kPieces);
  meter.add(10000, start + seconds(1));
  EXPECT_EQ(render_line("hashing", meter), "hashing  10000 of 40000  25%  10000/s  0:03 left");
}

TEST(RenderBar, NothingToDo) {
  const WorkMeter meter(TimePoint{});
  EXPECT_EQ(render_line("checking", meter), "checking  0 B of 0 B  100%");
}

}  // namespace
}  // namespace restante::console
