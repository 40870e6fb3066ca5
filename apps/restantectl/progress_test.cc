#include "restantectl/progress.h"

#include <gtest/gtest.h>

namespace restante::ctl {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RateLimit, HoldsTheRateWithoutSavingUp) {
  const TimePoint start{seconds(100)};
  RateLimit limit(1000);
  EXPECT_EQ(limit.next(500, start), start + milliseconds(500));
  EXPECT_EQ(limit.next(500, start + milliseconds(500)), start + seconds(1));
  EXPECT_EQ(limit.next(1000, start + seconds(60)), start + seconds(61)) << "idle time is lost";
  RateLimit none(0);
  EXPECT_EQ(none.next(1U << 30, start), start);
}

}  // namespace
}  // namespace restante::ctl
