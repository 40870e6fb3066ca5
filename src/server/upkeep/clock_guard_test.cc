#include "server/upkeep/clock_guard.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace restante::server {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using Verdict = ClockGuard::Verdict;

class ClockGuardTest : public ::testing::Test {
 protected:
  ClockGuardTest() {
    std::string name = (std::filesystem::temp_directory_path() / "restante-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~ClockGuardTest() override { std::filesystem::remove_all(folder_); }

  /// As at a start of the server.
  ClockGuard start(std::optional<WallTime> fallback = std::nullopt) {
    return {path(), fallback, [this] { return now_; }};
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_ / kClockFileName; }
  /// Time passes, and the clock shows it.
  void pass(std::chrono::seconds span) {
    now_.wall += span;
    now_.steady += span;
  }
  void set_clock(std::chrono::seconds ahead) { now_.wall += ahead; }

  std::filesystem::path folder_;
  ClockGuard::Moment now_{WallTime(std::chrono::milliseconds(1'700'000'000'000)),
                          std::chrono::steady_clock::time_point(hours(1))};
};

TEST_F(ClockGuardTest, AClockThatGoesOnIsBelieved) {
  ClockGuard guard = start();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(guard.look(), Verdict::kGood);
    pass(hours(i));
  }
  set_clock(hours(23));
  EXPECT_EQ(guard.look(), Verdict::kGood) << "not more than a day";
}

TEST_F(ClockGuardTest, AJumpIsDoubtedForADayOfEvenTime) {
  ClockGuard guard = start();
  EXPECT_EQ(guard.look(), Verdict::kGood);
  set_clock(days(3650));
  EXPECT_EQ(guard.look(), Verdict::kJumped);
  EXPECT_EQ(guard.ahead(), days(3650));
  for (int i = 0; i < 23; ++i) {
    pass(hours(1));
    EXPECT_EQ(guard.look(), Verdict::kDoubtful) << i;
  }
  pass(hours(1));
  EXPECT_EQ(guard.look(), Verdict::kGoodAgain);
  EXPECT_EQ(guard.look(), Verdict::kGood);
  EXPECT_EQ(load_good_time(path()), now_.wall) << "and after a restart";
  EXPECT_EQ(start().look(), Verdict::kGood);
}

TEST_F(ClockGuardTest, SetRightAgainItIsBelievedAtOnce) {
  ClockGuard guard = start();
  EXPECT_EQ(guard.look(), Verdict::kGood);
  set_clock(days(10));
  EXPECT_EQ(guard.look(), Verdict::kJumped);
  pass(minutes(5));
  set_clock(-days(10));
  EXPECT_EQ(guard.look(), Verdict::kGoodAgain);
  set_clock(-days(30));
  EXPECT_EQ(guard.look(), Verdict::kGood) << "set back, nothing is deleted too early";
  set_clock(days(30));
  EXPECT_EQ(guard.look(), Verdict::kGood);
}

TEST_F(ClockGuardTest, OneThatKeepsJumpingNeverAgrees) {
  ClockGuard guard = start();
  EXPECT_EQ(guard.look(), Verdict::kGood);
  set_clock(days(2));
  EXPECT_EQ(guard.look(), Verdict::kJumped);
  for (int i = 0; i < 10; ++i) {
    pass(hours(20));
    set_clock(days(2));
    EXPECT_EQ(guard.look(), Verdict::kDoubtful);
  }
}

TEST_F(ClockGuardTest, ARestartForgetsNothing) {
  {
    ClockGuard guard = start();
    EXPECT_EQ(guard.look(), Verdict::kGood);
    pass(minutes(30));
    EXPECT_EQ(guard.look(), Verdict::kGood);
    guard.save();
    EXPECT_EQ(load_good_time(path()), now_.wall);
    set_clock(days(8));
    EXPECT_EQ(guard.look(), Verdict::kJumped);
    guard.save();
  }
  EXPECT_NE(load_good_time(path()), now_.wall) << "a doubtful time is not written down";
  ClockGuard again = start();
  EXPECT_EQ(again.look(), Verdict::kJumped);
  pass(hours(23));
  EXPECT_EQ(again.look(), Verdict::kDoubtful);
}

TEST_F(ClockGuardTest, SomebodySaysThatItIsRight) {
  ClockGuard guard = start();
  EXPECT_EQ(guard.look(), Verdict::kGood);
  set_clock(days(8));
  EXPECT_EQ(guard.look(), Verdict::kJumped);
  ASSERT_TRUE(save_good_time(path(), now_.wall));
  pass(minutes(1));
  EXPECT_EQ(guard.look(), Verdict::kGoodAgain);
}

TEST_F(ClockGuardTest, WithoutAFileTheNewestMaildropCounts) {
  const WallTime newest = now_.wall;
  now_.wall = newest + days(2);
  EXPECT_EQ(start(newest).look(), Verdict::kJumped);
  now_.wall = newest + hours(2);
  EXPECT_EQ(start(newest).look(), Verdict::kGood);
}

TEST_F(ClockGuardTest, NonsenseInTheFileIsNoTime) {
  for (const char* text : {"", "good_until=", "good_until=12", "good_until=-1\n", "x\n"}) {
    std::ofstream(path()) << text;
    EXPECT_EQ(load_good_time(path()), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace restante::server
