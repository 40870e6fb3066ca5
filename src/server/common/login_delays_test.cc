#include "server/common/login_delays.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

using std::chrono::seconds;
using TimePoint = LoginDelays::TimePoint;

static_assert(TimePoint::clock::is_steady);  // A change of the wall clock must not shorten a delay.

class LoginDelaysTest : public ::testing::Test {
 protected:
  bool log_in(const std::string& account, seconds after) {
    const TimePoint now = start_ + after;
    return delays_.may_log_in(account, kDelay, now) && delays_.logged_in(account, kDelay, now);
  }

  static constexpr seconds kDelay{60};
  const TimePoint start_{seconds(1000)};
  LoginDelays delays_;
};

TEST_F(LoginDelaysTest, HoldsEachAccountToItsDelay) {
  EXPECT_TRUE(log_in("a", seconds(0)));
  EXPECT_FALSE(log_in("a", seconds(59)));
  EXPECT_TRUE(log_in("b", seconds(59)));
  EXPECT_TRUE(log_in("a", seconds(60)));
  EXPECT_FALSE(log_in("a", seconds(61)));
}

TEST_F(LoginDelaysTest, ARefusedLoginStartsNone) {
  EXPECT_TRUE(delays_.may_log_in("a", kDelay, start_));  // And then another session had it.
  EXPECT_TRUE(log_in("a", seconds(1)));
  EXPECT_FALSE(log_in("a", seconds(30)));
  EXPECT_TRUE(log_in("a", seconds(61)));
}

TEST_F(LoginDelaysTest, OfTwoAtOnceOneIsTooSoon) {
  EXPECT_TRUE(delays_.may_log_in("a", kDelay, start_));
  EXPECT_TRUE(delays_.may_log_in("a", kDelay, start_));
  EXPECT_TRUE(delays_.logged_in("a", kDelay, start_));
  EXPECT_FALSE(delays_.logged_in("a", kDelay, start_ + seconds(1)));
  EXPECT_TRUE(log_in("a", seconds(60)));
}

TEST_F(LoginDelaysTest, ForgettingTheOldKeepsTheNew) {
  for (int i = 0; i < 5000; ++i) EXPECT_TRUE(log_in("u" + std::to_string(i), seconds(i)));
  EXPECT_FALSE(log_in("u4990", seconds(5000)));
  EXPECT_TRUE(log_in("u0", seconds(5000)));
}

TEST(LoginDelays, NoDelayMeansNone) {
  LoginDelays delays;
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(delays.may_log_in("a", seconds(0), TimePoint{}));
    EXPECT_TRUE(delays.logged_in("a", seconds(0), TimePoint{}));
  }
}

}  // namespace
}  // namespace restante::server
