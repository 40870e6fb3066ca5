#include "fetch/hand_on/hand_on_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "archive/database/schema.h"
#include "archive/mailbox/test_support.h"

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

  static HandOnItem item(HandOnQueue& queue, std::string_view sha256,
                         std::string_view destination) {
    const auto items = *queue.due(destination, kNow, 100);
    for (const HandOnItem& each : items)
      if (each.sha256 == sha256) return each;
    ADD_FAILURE() << sha256 << " does not wait for " << destination;
    return {};
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
  ASSERT_TRUE(queue.done(item(queue, kA, "one")));
  EXPECT_THAT(due(queue, "one"), ElementsAre(kB));
  EXPECT_THAT(due(queue, "two"), ElementsAre(kA));
  EXPECT_EQ(queue.counts("one")->waiting, 1U);
}

TEST_F(HandOnQueueTest, WhatWasDoneIsNotAddedAgain) {
  HandOnQueue queue = open();
  ASSERT_TRUE(queue.add(kA, "one"));
  ASSERT_TRUE(queue.done(item(queue, kA, "one")));
  ASSERT_TRUE(queue.add(kA, "one"));
  EXPECT_THAT(due(queue, "one"), IsEmpty());
}

TEST_F(HandOnQueueTest, FailuresWaitForTheirTime) {
  HandOnQueue queue = open();
  ASSERT_TRUE(queue.add(kA, "one"));
  ASSERT_TRUE(queue.failed(item(queue, kA, "one"), {kNow, kNow + seconds(10), "mailbox full"}));
  EXPECT_THAT(due(queue, "one", kNow + seconds(9)), IsEmpty());
  const auto again = *queue.due("one", kNow + seconds(10), 100);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].attempts, 1U);
  ASSERT_TRUE(queue.failed(again[0], {kNow + seconds(10), kNow + seconds(20), "mailbox full"}));
  EXPECT_EQ(queue.due("one", kNow + seconds(20), 100)->at(0).failed, kNow);
  const HandOnCounts counts = *queue.counts("one");
  EXPECT_EQ(counts.waiting, 1U);
  EXPECT_EQ(counts.next, kNow + seconds(20));
  EXPECT_EQ(counts.reason, "mailbox full");
}

TEST_F(HandOnQueueTest, TheOrderIsThatOfArrivalAfterFailuresToo) {
  HandOnQueue queue = open();
  ASSERT_TRUE(queue.add(kB, "one"));
  ASSERT_TRUE(queue.add(kA, "one"));
  EXPECT_THAT(due(queue, "one"), ElementsAre(kB, kA));
  ASSERT_TRUE(queue.failed(item(queue, kB, "one"), {kNow, kNow, "busy"}));
  EXPECT_THAT(due(queue, "one"), ElementsAre(kB, kA));
  const std::int64_t first = item(queue, kB, "one").id;
  EXPECT_EQ(queue.due("one", kNow, 100, first)->at(0).sha256, kA);
}

TEST_F(HandOnQueueTest, CopiesOfTheSameOctetsAreTwoMessages) {
  HandOnQueue queue = open();
  ASSERT_TRUE(queue.add(kA, "one"));
  ASSERT_TRUE(queue.add(kA, "one", 2));
  EXPECT_THAT(due(queue, "one"), ElementsAre(kA, kA));
  ASSERT_TRUE(queue.done(item(queue, kA, "one")));
  EXPECT_THAT(due(queue, "one"), ElementsAre(kA));
  EXPECT_THAT(*queue.finished({"one"}), IsEmpty());
}

TEST_F(HandOnQueueTest, WhatIsGivenUpIsNotOfferedAndNotFinished) {
  HandOnQueue queue = open();
  ASSERT_TRUE(queue.add(kA, "one"));
  ASSERT_TRUE(queue.failed(item(queue, kA, "one"), {kNow, kNow, "spam", HandOnState::kGivenUp}));
  EXPECT_THAT(due(queue, "one"), IsEmpty());
  EXPECT_EQ(queue.counts("one")->given_up, 1U);
  EXPECT_THAT(*queue.finished({"one"}), IsEmpty());
}

TEST_F(HandOnQueueTest, ANewNameTakesTheRowsOver) {
  HandOnQueue queue = open();
  for (const std::string& sha256 : {kA, kB}) ASSERT_TRUE(queue.add(sha256, "old"));
  ASSERT_TRUE(queue.failed(item(queue, kB, "old"), {kNow, kNow + seconds(10), "typo"}));
  ASSERT_TRUE(queue.done(item(queue, kA, "old")));
  EXPECT_THAT(*queue.strangers({"new"}), ElementsAre("old"));
  EXPECT_FALSE(*queue.knows("new"));
  ASSERT_TRUE(queue.take_over("old", "new"));
  EXPECT_TRUE(*queue.knows("new"));
  EXPECT_THAT(*queue.strangers({"new"}), IsEmpty());
  EXPECT_THAT(due(queue, "new"), ElementsAre(kB));
  EXPECT_THAT(*queue.finished({"new"}), ElementsAre(kA));
}

TEST_F(HandOnQueueTest, RowsOfAnOlderArchiveKeepTheirOrderAndState) {
  const archive::TempFolder older;
  const auto file = archive::Database::file_of(older.path());
  std::filesystem::create_directories(file.parent_path());
  {
    auto made = *sql::Connection::open(file, {sql::Mode::kCreate, seconds(5), ""});
    for (const char* const step : archive::schema_steps().first(5)) ASSERT_TRUE(made.run(step));
    const std::string rows =
        "INSERT INTO messages (account, sha256, name, size, arrived, date) VALUES ('home', '" + kB +
        "', 'b', 1, 1, 1), ('home', '" + kA +
        "', 'a', 1, 2, 2);"
        "INSERT INTO hand_on (account, sha256, destination, reason) VALUES ('home', '" +
        kA + "', 'one', 'full'), ('home', '" + kB + "', 'one', '');";
    ASSERT_TRUE(made.run(rows.c_str()));
  }
  database_ = *archive::Database::open(older.path(), archive::Access::kCreate);
  HandOnQueue queue = open();
  EXPECT_THAT(due(queue, "one"), ElementsAre(kB, kA));
  EXPECT_EQ(queue.counts("one")->reason, "full");
}

TEST_F(HandOnQueueTest, FinishedIsWhatEveryDestinationHas) {
  HandOnQueue queue = open();
  for (const std::string& sha256 : {kA, kB}) {
    ASSERT_TRUE(queue.add(sha256, "one"));
    ASSERT_TRUE(queue.add(sha256, "two"));
    ASSERT_TRUE(queue.done(item(queue, sha256, "one")));
  }
  EXPECT_THAT(*queue.finished({"one", "two"}), IsEmpty());
  ASSERT_TRUE(queue.done(item(queue, kB, "two")));
  EXPECT_THAT(*queue.finished({"one", "two"}), ElementsAre(kB));
  // A message for a target that is no longer configured is finished when its owner says so.
  EXPECT_THAT(*queue.finished({"one"}), ElementsAre(kB));
  EXPECT_THAT(*queue.finished({"one", "two"}, FinishedAt::kAny), ElementsAre(kB));
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
