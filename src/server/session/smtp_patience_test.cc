#include "server/session/smtp_patience.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Moment = SmtpPatience::Moment;
using Span = SmtpPatience::Span;

constexpr Moment kStart{hours(1)};

class SmtpPatienceTest : public testing::Test {
 protected:
  /// Waits for one piece of `octets` that comes after `span`; false: the time was over before.
  bool get(SmtpPatience& patience, bool in_message, Span span, std::uint64_t octets) {
    const Span most = patience.begin_wait(in_message, now_);
    if (most < span || most == Span::zero()) return false;
    now_ += span;
    patience.end_wait(octets, now_);
    return true;
  }
  /// The time until a peer that sends `octets` every `span` is given up; at most a day.
  Span lives(SmtpPatience patience, bool in_message, Span span, std::uint64_t octets) {
    const Moment begun = now_;
    while (now_ - begun < hours(24) && get(patience, in_message, span, octets)) {
    }
    return now_ - begun;
  }

  Moment now_ = kStart;
  SmtpPatience patience_{minutes(5), 512};
};

TEST_F(SmtpPatienceTest, ACommandHasOneTimeOutInAll) {
  EXPECT_EQ(patience_.begin_wait(false, now_), minutes(5));
  EXPECT_EQ(lives(patience_, false, seconds(1), 1), minutes(5));
  EXPECT_EQ(lives(patience_, false, seconds(1), 1000), minutes(5)) << "however long it is";
}

TEST_F(SmtpPatienceTest, EachCommandHasItsOwn) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(get(patience_, false, minutes(4), 6));
    patience_.answered();
  }
  EXPECT_TRUE(get(patience_, false, minutes(4), 6));
  EXPECT_EQ(patience_.begin_wait(false, now_), minutes(1));
}

TEST_F(SmtpPatienceTest, AnOctetASecondIsNoMessage) {
  EXPECT_LT(lives(patience_, true, seconds(1), 1), minutes(6));
}

TEST_F(SmtpPatienceTest, AnHonestSlowLineGetsThrough) {
  EXPECT_EQ(lives(patience_, true, seconds(1), 1024), hours(24));
  EXPECT_EQ(lives(patience_, true, minutes(2), 2 * 60 * 512), hours(24)) << "in bursts";
}

TEST_F(SmtpPatienceTest, EveryWaitHasTheTimeOut) {
  EXPECT_TRUE(get(patience_, true, seconds(1), 1U << 30));
  EXPECT_EQ(patience_.begin_wait(true, now_), minutes(5));
}

TEST_F(SmtpPatienceTest, TheServersOwnTimeIsNotThePeers) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(get(patience_, true, seconds(1), 100));
    now_ += minutes(3);  // The disk.
  }
}

TEST_F(SmtpPatienceTest, TheNextMessageStartsAnew) {
  EXPECT_TRUE(get(patience_, true, minutes(4), 1));
  EXPECT_EQ(patience_.begin_wait(true, now_), minutes(1));
  EXPECT_TRUE(get(patience_, false, seconds(1), 1));
  EXPECT_EQ(patience_.begin_wait(true, now_), minutes(5));
}

TEST_F(SmtpPatienceTest, WithoutARateAMessageHasNoTimeInAll) {
  EXPECT_EQ(lives(SmtpPatience(minutes(5), 0), true, minutes(4), 1), hours(24));
}

TEST_F(SmtpPatienceTest, AClockThatStandsStillCostsNothing) {
  EXPECT_EQ(patience_.begin_wait(true, now_), minutes(5));
  patience_.end_wait(1, now_ - seconds(1));
  EXPECT_EQ(patience_.begin_wait(true, now_), minutes(5));
}

}  // namespace
}  // namespace restante::server
