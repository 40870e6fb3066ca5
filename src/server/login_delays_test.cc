#include "server/login_delays.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

using std::chrono::seconds;

TEST(LoginDelays, HoldsEachAccountToItsDelay) {
  LoginDelays delays;
  const WallTime start{seconds(1000)};
  EXPECT_TRUE(delays.may_log_in("a", seconds(60), start));
  EXPECT_FALSE(delays.may_log_in("a", seconds(60), start + seconds(59)));
  EXPECT_TRUE(delays.may_log_in("b", seconds(60), start + seconds(59)));
  EXPECT_TRUE(delays.may_log_in("a", seconds(60), start + seconds(60)));
  EXPECT_FALSE(delays.may_log_in("a", seconds(60), start + seconds(61)));
}

TEST(LoginDelays, ARefusedAttemptDoesNotStartItAnew) {
  LoginDelays delays;
  const WallTime start{seconds(1000)};
  EXPECT_TRUE(delays.may_log_in("a", seconds(60), start));
  EXPECT_FALSE(delays.may_log_in("a", seconds(60), start + seconds(30)));
  EXPECT_TRUE(delays.may_log_in("a", seconds(60), start + seconds(61)));
}

TEST(LoginDelays, ForgettingTheOldKeepsTheNew) {
  LoginDelays delays;
  const WallTime start{seconds(1000)};
  for (int i = 0; i < 5000; ++i)
    EXPECT_TRUE(delays.may_log_in("u" + std::to_string(i), seconds(60), start + seconds(i)));
  EXPECT_FALSE(delays.may_log_in("u4990", seconds(60), start + seconds(5000)));
  EXPECT_TRUE(delays.may_log_in("u0", seconds(60), start + seconds(5000)));
}

TEST(LoginDelays, NoDelayMeansNone) {
  LoginDelays delays;
  EXPECT_TRUE(delays.may_log_in("a", seconds(0), WallTime{}));
  EXPECT_TRUE(delays.may_log_in("a", seconds(0), WallTime{}));
}

}  // namespace
}  // namespace restante::server
