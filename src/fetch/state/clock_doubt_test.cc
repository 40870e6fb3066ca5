#include "fetch/state/clock_doubt.h"

#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::sys_seconds;

constexpr sys_seconds kNow{std::chrono::seconds(1'795'000'000)};

ClockMemory after(std::initializer_list<sys_seconds> looks) {
  ClockMemory memory;
  for (const sys_seconds look : looks) memory = look_at_clock(memory, look);
  return memory;
}

TEST(ClockDoubt, AClockThatGoesOnIsBelieved) {
  EXPECT_FALSE(after({kNow}).is_doubted()) << "there is nothing to compare it with";
  EXPECT_FALSE(after({kNow, kNow + hours(1), kNow + days(31)}).is_doubted());
  EXPECT_FALSE(after({kNow, kNow - hours(23)}).is_doubted());
}

TEST(ClockDoubt, AJumpIsDoubted) {
  EXPECT_TRUE(after({kNow, kNow + days(3650)}).is_doubted());
  EXPECT_TRUE(after({kNow, kNow - days(2)}).is_doubted());
  EXPECT_TRUE(after({sys_seconds(hours(1)), kNow}).is_doubted());
}

TEST(ClockDoubt, ItIsBelievedAgainWhenItHasAgreedForADay) {
  const sys_seconds jumped = kNow + days(100);
  EXPECT_TRUE(after({kNow, jumped, jumped + hours(23)}).is_doubted());
  EXPECT_FALSE(after({kNow, jumped, jumped + hours(12), jumped + hours(24)}).is_doubted());
  EXPECT_FALSE(after({kNow, jumped, jumped + days(2), jumped + days(3)}).is_doubted());
}

TEST(ClockDoubt, JumpingBackBeginsTheDayAnew) {
  const sys_seconds jumped = kNow + days(3650);
  EXPECT_TRUE(after({kNow, jumped, kNow + hours(1), kNow + hours(24)}).is_doubted());
  EXPECT_FALSE(after({kNow, jumped, kNow + hours(1), kNow + hours(25)}).is_doubted());
}

}  // namespace
}  // namespace restante::fetch
