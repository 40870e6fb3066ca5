#include "server/common/pacer.h"

#include <gtest/gtest.h>

#include <thread>

namespace restante::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Budget::Time at(int millisecond) { return Budget::Time(milliseconds(millisecond)); }

TEST(Budget, KeepsTheRate) {
  Budget budget;
  EXPECT_EQ(budget.spend(500, 1000, at(0)), at(500));
  EXPECT_EQ(budget.spend(500, 1000, at(100)), at(1000)) << "what was booked must be paid first";
  EXPECT_EQ(budget.spend(0, 1000, at(1000)), at(1000));
  EXPECT_EQ(budget.spend(1000, 2000, at(1000)), at(1500)) << "a rate may change";
}

TEST(Budget, APauseSavesNothingUp) {
  Budget budget;
  budget.spend(1, 1000, at(0));
  EXPECT_EQ(budget.spend(1000, 1000, at(60'000)), at(61'000));
}

TEST(Wakeup, AStopEndsEveryWait) {
  Wakeup wakeup;
  const auto far = std::chrono::steady_clock::now() + std::chrono::hours(1);
  std::thread waiting([&] { wakeup.wait_until(far); });
  std::thread pausing([&] { EXPECT_FALSE(wakeup.pause_until(far)); });
  wakeup.stop();
  waiting.join();
  pausing.join();
  EXPECT_TRUE(wakeup.stopped());
  wakeup.wait_until(far);
  EXPECT_FALSE(wakeup.pause_until(far));
}

TEST(Wakeup, AWakeIsNotLostAndEndsNoPause) {
  Wakeup wakeup;
  wakeup.wake();
  wakeup.wait_until(std::chrono::steady_clock::now() + std::chrono::hours(1));
  EXPECT_FALSE(wakeup.stopped());
  wakeup.wake();
  EXPECT_TRUE(wakeup.pause_until(std::chrono::steady_clock::now()));
}

}  // namespace
}  // namespace restante::server
