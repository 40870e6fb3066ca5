#include "fetch/run/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

class WatchTest : public testing::Test {
 protected:
  /// Polls `times` times, then stops. The n-th fails when `fails(n)`.
  void run(int times, const std::function<bool(int)>& fails) {
    options_.interval = seconds(300);
    options_.chance = [] { return 0.0; };
    options_.wait = [this](milliseconds time) { waited_ += time; };
    options_.poll = [this, times, fails] {
      Report report;
      if (fails(++polls_)) report.error = Error(Errc::kTimeout, "no answer");
      if (polls_ == times) stop_.raise();
      return report;
    };
    options_.told = [this](const Report&, milliseconds next) { delays_.push_back(next); };
    end_ = watch(options_);
  }

  net::StopSignal stop_ = *net::StopSignal::create();
  WatchOptions options_{stop_};
  int polls_ = 0;
  milliseconds waited_{};
  std::vector<milliseconds> delays_;
  WatchEnd end_ = WatchEnd::kChanged;
};

TEST_F(WatchTest, PollsAtTheIntervalUntilItIsStopped) {
  run(4, [](int) { return false; });
  EXPECT_EQ(end_, WatchEnd::kStopped);
  EXPECT_EQ(polls_, 4);
  EXPECT_EQ(waited_, 3 * seconds(300));
}

TEST_F(WatchTest, FailuresMakeItWaitLongerAndSuccessMendsThat) {
  run(5, [](int poll) { return poll == 1 || poll == 2; });
  EXPECT_THAT(delays_, ElementsAre(minutes(10), minutes(20), minutes(5), minutes(5)));
}

TEST_F(WatchTest, AChangeEndsItBetweenPolls) {
  int asked = 0;
  options_.changed = [&] { return ++asked == 3; };
  run(10, [](int) { return false; });
  EXPECT_EQ(end_, WatchEnd::kChanged);
  EXPECT_EQ(polls_, 1);
  EXPECT_EQ(waited_, seconds(15));
}

TEST_F(WatchTest, AStopBeforeTheFirstPollPollsNothing) {
  stop_.raise();
  run(1, [](int) { return false; });
  EXPECT_EQ(polls_, 0);
  EXPECT_EQ(end_, WatchEnd::kStopped);
}

TEST_F(WatchTest, TheRealWaitEndsWithTheStopSignal) {
  options_.interval = seconds(3600);
  options_.poll = [this] {
    stop_.raise();
    return Report();
  };
  EXPECT_EQ(watch(options_), WatchEnd::kStopped);
}

}  // namespace
}  // namespace restante::fetch
