#include "restante/fetching/life_signs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dial/test_notify_socket.h"

namespace restante::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class LifeSignsTest : public testing::Test {
 protected:
  /// The messages since the last time, one behind the other.
  std::string told() {
    std::string all;
    for (;;) {
      const std::string notice = socket_.take();
      if (notice.empty()) return all;
      all.append(notice).append(" ");
    }
  }

  const LifeSigns::Clock::time_point start_ = LifeSigns::Clock::now();
  net::TestNotifySocket socket_;
  net::Pulse one_;
  net::Pulse two_;
};

TEST_F(LifeSignsTest, AServiceThatDoesNotAskIsNotTold) {
  LifeSigns signs(socket_.supervisor(), {});
  signs.expect(one_, "one", seconds(1));
  EXPECT_THAT(signs.tell(start_ + minutes(9)), IsEmpty());
  EXPECT_EQ(told(), "");
}

TEST_F(LifeSignsTest, NeverIsMoreThanHalfTheIntervalBetweenTwo) {
  LifeSigns signs(socket_.supervisor(), seconds(60));
  EXPECT_EQ(signs.pause(), seconds(15));
  signs.tell(start_);
  EXPECT_EQ(told(), "WATCHDOG=1 ");
  signs.tell(start_ + milliseconds(14'999));
  EXPECT_EQ(told(), "");
  signs.tell(start_ + seconds(15) + signs.pause());
  EXPECT_EQ(told(), "WATCHDOG=1 ");
  EXPECT_EQ(LifeSigns(socket_.supervisor(), std::chrono::microseconds(1)).pause(), milliseconds(1));
}

TEST_F(LifeSignsTest, NotWhileAThreadIsStuck) {
  LifeSigns signs(socket_.supervisor(), seconds(60));
  two_.rest();
  signs.expect(one_, "one", minutes(5));
  signs.expect(two_, "two", minutes(5));
  EXPECT_THAT(signs.tell(start_ + minutes(4)), IsEmpty());
  EXPECT_EQ(told(), "WATCHDOG=1 ");
  EXPECT_THAT(signs.tell(start_ + minutes(6)), ElementsAre("one"));
  EXPECT_THAT(signs.tell(start_ + minutes(7)), IsEmpty());  // It was said.
  EXPECT_EQ(told(), "");
  one_.rest();
  EXPECT_THAT(signs.tell(start_ + minutes(8)), IsEmpty());
  EXPECT_EQ(told(), "WATCHDOG=1 ");
}

TEST_F(LifeSignsTest, AThreadThatWasForgottenIsNotMissed) {
  LifeSigns signs(socket_.supervisor(), seconds(60));
  signs.expect(one_, "one", seconds(1));
  signs.forget();
  EXPECT_THAT(signs.tell(start_ + minutes(6)), IsEmpty());
  EXPECT_EQ(told(), "WATCHDOG=1 ");
}

TEST(SilenceMax, IsLongerThanAnyWait) {
  profile::Account account;
  const auto usual = silence_max(account);
  EXPECT_GE(usual, minutes(6));
  account.reply_timeout = minutes(10);
  EXPECT_GT(silence_max(account), minutes(10));
  account.hand_on.emplace_back().timeout = minutes(30);
  EXPECT_GT(silence_max(account), minutes(30));
}

}  // namespace
}  // namespace restante::cli
