#include "fetch/hand_on_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/test_support.h"

namespace restante::fetch {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kA(64, 'a');
const std::string kB(64, 'b');
constexpr Seconds kNow{seconds(1000)};

class HandOnQueueTest : public testing::Test {
 protected:
  HandOnQueue open(std::string account = "home") {
    return *HandOnQueue::open(database_, std::move(account));
  }
  static std::vector<std::string> due(HandOnQueue& queue, std::string_view destination,
                                      Seconds now = kNow) {
    std::vector<std::string> found;
    const auto items = *queue.due(destination, now, 100);
    for (const HandOnItem& item : items) found.push_back(item.sha256);
    return found;
  }

  archive::TempFolder folder_;
  archive::Database database_ = *archive::Database::open(folder_.path(), archive::Access::kCreate);
};

TEST_F(HandOnQueueTest, WhatWasAddedWaitsUntilItIsDone) {
  HandOnQueue queue = open();
  ASSERT_TRUE(queue.add(kA, "one"));
  ASSERT_TRUE(queue.add(kB, "one"));
  ASSERT_TRUE(queue.add(kA, "two"));
  EXPECT_THAT(due(queue, "one"), ElementsAre(kA, kB));
  ASSERT_TRUE(queue.done({kA, "one", 0}));
  EXPECT_THAT(due(queue, "one"), ElementsAre(kB));
  EXPECT_THAT(due(queue, "two"), ElementsAre(kA));
  EXPECT_EQ(*queue.waiting("one"), 1U);
}

TEST_F(HandOnQueueTest, WhatWasDoneIsNotAddedAgain) {
  HandOnQueue queue = open();
  ASSERT_TRUE(queue.add(kA, "one"));
  ASSERT_TRUE(queue.done({kA, "one", 0}));
  ASSERT_TRUE(queue.add(kA, "one"));
  EXPECT_THAT(due(queue, "one"), IsEmpty());
}

TEST_F(HandOnQueueTest, FailuresWaitForTheirTime) {
  HandOnQueue queue = open();
  ASSERT_TRUE(queue.add(kA, "one"));
  ASSERT_TRUE(queue.failed({kA, "one", 4}, kNow + seconds(10), "mailbox full"));
  EXPECT_THAT(due(queue, "one", kNow + seconds(9)), IsEmpty());
  const auto again = *queue.due("one", kNow + seconds(10), 100);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].attempts, 5U);
  EXPECT_EQ(*queue.waiting("one"), 1U);
}

TEST_F(HandOnQueueTest, FinishedIsWhatEveryDestinationHas) {
  HandOnQueue queue = open();
  for (const std::string& sha256 : {kA, kB}) {
    ASSERT_TRUE(queue.add(sha256, "one"));
    ASSERT_TRUE(queue.add(sha256, "two"));
    ASSERT_TRUE(queue.done({sha256, "one", 0}));
  }
  EXPECT_THAT(*queue.finished({"one", "two"}), IsEmpty());
  ASSERT_TRUE(queue.done({kB, "two", 0}));
  EXPECT_THAT(*queue.finished({"one", "two"}), ElementsAre(kB));
  EXPECT_THAT(*queue.finished({"one"}), ElementsAre(kA, kB));
  EXPECT_THAT(*queue.finished({}), IsEmpty());
}

TEST_F(HandOnQueueTest, AccountsHaveTheirOwn) {
  HandOnQueue queue = open();
  HandOnQueue other = open("work");
  ASSERT_TRUE(queue.add(kA, "one"));
  EXPECT_THAT(due(other, "one"), IsEmpty());
}

}  // namespace
}  // namespace restante::fetch
