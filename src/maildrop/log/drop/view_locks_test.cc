// Two processes and the views of one log: who has which, and what a moment of holding all changes.
#include "maildrop/log/drop/view_locks.h"

#include <gtest/gtest.h>

#include "disk/memory.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

constexpr View kOther{7};

class ViewLocksTest : public ::testing::Test {
 protected:
  /// The log as a process of its own has it open.
  std::unique_ptr<LogFile> open(const std::string& account = kAccount) {
    auto opened = LogFile::open(environment, account, Creation::kIfAbsent);
    EXPECT_TRUE(opened) << opened.error().message();
    return std::move(*opened);
  }
  static bool is_busy(const Status& status) {
    return !status && status.error().code == Errc::kBusy;
  }

  disk::MemoryDisk disk;
  ManualClock clock{WallTime(std::chrono::milliseconds(1'700'000'000'000))};
  const Environment environment{disk, clock, "/data", counting_random(), [](const Damage&) {},
                                {},   1,     nullptr};
  std::unique_ptr<LogFile> log = open();
  std::unique_ptr<LogFile> log_there = open();
  ViewLocks here;
  ViewLocks there;
};

TEST_F(ViewLocksTest, AViewIsOneSessions) {
  ASSERT_TRUE(here.begin(*log, View::kDefault));
  EXPECT_TRUE(is_busy(here.begin(*log, View::kDefault)));
  EXPECT_TRUE(is_busy(there.begin(*log_there, View::kDefault)));
  EXPECT_TRUE(there.begin(*log_there, kOther));
  here.end(*log, View::kDefault);
  EXPECT_FALSE(here.is_open(View::kDefault));
  EXPECT_TRUE(there.begin(*log_there, View::kDefault));
}

TEST_F(ViewLocksTest, WhileViewsAreHeldNoSessionBegins) {
  ASSERT_TRUE(here.begin(*log, kOther));
  ASSERT_TRUE(here.hold(*log));
  for (const View view : {View::kDefault, View{6}, kOther, View{8}, View{0xffffffff}}) {
    EXPECT_TRUE(is_busy(here.begin(*log, view)));
    EXPECT_TRUE(is_busy(there.begin(*log_there, view)));
  }
  here.release(*log);
  EXPECT_TRUE(here.is_open(kOther));
  EXPECT_TRUE(is_busy(there.begin(*log_there, kOther)));
  EXPECT_TRUE(there.begin(*log_there, View::kDefault));
}

TEST_F(ViewLocksTest, ASessionThatEndsWhileViewsAreHeldGivesItsViewBackAfterwards) {
  ASSERT_TRUE(here.begin(*log, kOther));
  ASSERT_TRUE(here.hold(*log));
  here.end(*log, kOther);
  EXPECT_TRUE(is_busy(there.begin(*log_there, kOther)));
  here.release(*log);
  EXPECT_TRUE(there.begin(*log_there, kOther));
}

TEST_F(ViewLocksTest, ASessionOfAnotherProcessKeepsViewsFromBeingHeld) {
  ASSERT_TRUE(here.begin(*log, View::kDefault));
  ASSERT_TRUE(there.begin(*log_there, kOther));
  EXPECT_TRUE(is_busy(here.hold(*log)));
  // Nothing is left of the attempt.
  EXPECT_TRUE(there.begin(*log_there, View{3}));
  EXPECT_TRUE(here.begin(*log, View{4}));
}

TEST_F(ViewLocksTest, SessionsKeepTheirViewsInTheFileThatReplacesTheLog) {
  const std::unique_ptr<LogFile> next = open("next@example.test");
  const std::unique_ptr<LogFile> next_there = open("next@example.test");
  ASSERT_TRUE(here.begin(*log, kOther));
  ASSERT_TRUE(here.hold(*log));
  ASSERT_TRUE(here.take_in(next->file()));
  here.forget_held();
  EXPECT_TRUE(is_busy(there.begin(*next_there, kOther)));
  here.release(*next);
  EXPECT_TRUE(is_busy(there.begin(*next_there, kOther)));
  here.end(*next, kOther);
  EXPECT_TRUE(there.begin(*next_there, kOther));
}

TEST_F(ViewLocksTest, AViewThatAnotherProcessHasInTheNewFileIsLost) {
  const std::unique_ptr<LogFile> next = open("next@example.test");
  const std::unique_ptr<LogFile> next_there = open("next@example.test");
  ASSERT_TRUE(here.begin(*log, View::kDefault));
  ASSERT_TRUE(here.begin(*log, kOther));
  ASSERT_TRUE(there.begin(*next_there, kOther));
  here.move_to(*next);
  EXPECT_TRUE(here.is_lost(kOther));
  EXPECT_FALSE(here.is_lost(View::kDefault));
  EXPECT_TRUE(is_busy(here.hold(*next)));
  here.end(*next, kOther);
  EXPECT_FALSE(here.is_lost(kOther));
}

}  // namespace
}  // namespace restante::maildrop::log
