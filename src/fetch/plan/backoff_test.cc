#include "fetch/plan/backoff.h"

#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Backoff, RetriesLessAndLessOften) {
  EXPECT_EQ(retry_delay(0), seconds(0));
  EXPECT_EQ(retry_delay(1), minutes(5));
  EXPECT_EQ(retry_delay(2), minutes(20));
  EXPECT_EQ(retry_delay(3), minutes(80));
  EXPECT_EQ(retry_delay(6), hours(24));
  EXPECT_EQ(retry_delay(4'000'000'000), hours(24));
}

TEST(Backoff, PollsAtTheIntervalWithAJitter) {
  EXPECT_EQ(poll_delay(seconds(300), 0, 0), seconds(300));
  EXPECT_EQ(poll_delay(seconds(300), 0, 1), seconds(330));
  EXPECT_EQ(poll_delay(seconds(300), 0, 0.5), milliseconds(315'000));
}

TEST(Backoff, FailedPollsWaitUpToAnHour) {
  EXPECT_EQ(poll_delay(seconds(300), 1, 0), seconds(600));
  EXPECT_EQ(poll_delay(seconds(300), 3, 0), seconds(2400));
  EXPECT_EQ(poll_delay(seconds(300), 1000, 0), hours(1));
  EXPECT_EQ(poll_delay(hours(5), 1000, 0), hours(5));
}

TEST(Backoff, SessionsThatBreakAreGivenTime) {
  using std::chrono::seconds;
  EXPECT_EQ(session_delay(0), seconds(0));
  EXPECT_EQ(session_delay(1), seconds(0));
  EXPECT_EQ(session_delay(2), seconds(1));
  EXPECT_EQ(session_delay(4), seconds(4));
  EXPECT_EQ(session_delay(5), seconds(8));
  EXPECT_EQ(session_delay(1'000'000), seconds(8));
}

}  // namespace
}  // namespace restante::fetch
