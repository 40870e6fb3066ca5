#include "accounts/pam/turns.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace restante::accounts::pam {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

class TurnsTest : public testing::Test {
 protected:
  ~TurnsTest() override {
    for (std::thread& thread : threads_) thread.join();
  }
  /// Comes in the order of the calls, and writes its name down when it is served.
  void come(const std::string& who) {
    const std::size_t before = turns_.waiting();
    threads_.emplace_back([this, who] {
      const Turn turn(turns_, who, minutes(5));
      served_.push_back(who);  // One at a time.
    });
    while (turns_.waiting() == before) std::this_thread::yield();
  }
  void let_all() {
    turns_.leave();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  Turns turns_;
  std::vector<std::string> served_;
  std::vector<std::thread> threads_;
};

TEST_F(TurnsTest, WhoComesOnceWaitsForOneOfEachOther) {
  EXPECT_TRUE(turns_.enter("flood", milliseconds(0)));
  for (int i = 0; i < 5; ++i) come("flood");
  come("owner");
  come("other");
  let_all();
  EXPECT_EQ(served_, (std::vector<std::string>{"flood", "owner", "other", "flood", "flood", "flood",
                                               "flood"}));
}

TEST_F(TurnsTest, WhoHasWaitedLongEnoughLeavesNoGap) {
  EXPECT_TRUE(turns_.enter("a", milliseconds(0)));
  come("b");
  EXPECT_FALSE(turns_.enter("b", milliseconds(1)));
  EXPECT_FALSE(turns_.enter("c", milliseconds(1)));
  EXPECT_EQ(turns_.waiting(), 1U);
  let_all();
  EXPECT_EQ(served_, std::vector<std::string>{"b"});
  EXPECT_TRUE(turns_.enter("c", milliseconds(0)));
  turns_.leave();
}

}  // namespace
}  // namespace restante::accounts::pam
