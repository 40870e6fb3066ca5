#include "server/copies/waits.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

using namespace std::chrono_literals;

TEST(CopyWait, GrowsToAnHour) {
  EXPECT_EQ(copy_wait(1), 1min);
  EXPECT_EQ(copy_wait(2), 2min);
  EXPECT_EQ(copy_wait(6), 32min);
  EXPECT_EQ(copy_wait(7), 1h);
  EXPECT_EQ(copy_wait(1'000'000), 1h);
}

TEST(CopyWait, AClockThatWasSetBackDelaysNothing) {
  const WallTime now(100h);
  EXPECT_TRUE(is_due(now, now));
  EXPECT_TRUE(is_due(now - 1h, now));
  EXPECT_FALSE(is_due(now + 1min, now));
  EXPECT_FALSE(is_due(now + 1h, now));
  EXPECT_TRUE(is_due(now + 2h, now)) << "no wait is so long: it was written by another clock";
}

TEST(CopyRate, IsKeptOverAMinute) {
  CopyRate rate;
  const CopyRate::Time begin(100h);
  int sent = 0;
  for (auto at = begin; at < begin + 1min; at += 10ms) sent += rate.take(60, at) ? 1 : 0;
  // A message a second, and what was saved up for ten seconds.
  EXPECT_GE(sent, 60);
  EXPECT_LE(sent, 71);
}

TEST(CopyRate, OneOfLessThanSixAMinuteStillGoes) {
  CopyRate rate;
  const CopyRate::Time begin(100h);
  EXPECT_TRUE(rate.take(1, begin));
  EXPECT_FALSE(rate.take(1, begin + 59s));
  EXPECT_TRUE(rate.take(1, begin + 61s));
}

TEST(CopyRate, WithoutOneAllGo) {
  CopyRate rate;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(rate.take(0, CopyRate::Time{}));
}

}  // namespace
}  // namespace restante::server
