#include "restantectl/history/sparkline.h"

#include <gtest/gtest.h>

namespace restante::ctl {
namespace {

TEST(Sparkline, GoesFromNothingToTheGreatest) {
  EXPECT_EQ(sparkline({0, 50, 100}, 10), "▁▅█");
  EXPECT_EQ(sparkline({7, 7}, 10), "██");
  EXPECT_EQ(sparkline({0, 0}, 10), "▁▁") << "nothing is nothing, and not the greatest";
  EXPECT_EQ(sparkline({}, 10), "");
}

TEST(Sparkline, ShowsGaps) { EXPECT_EQ(sparkline({1, std::nullopt, 1}, 10), "█ █"); }

TEST(Sparkline, PutsSeveralValuesIntoOneCell) {
  EXPECT_EQ(sparkline({0, 0, 100, 100}, 2), "▁█");
  EXPECT_EQ(sparkline({0, std::nullopt, 60, 40}, 2), "▁█");
  EXPECT_EQ(sparkline({1, 1, 1, 1, 1, 1, 1}, 3), "███");
}

}  // namespace
}  // namespace restante::ctl
