#include "fetch/hand_on/hand_on_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/mailbox/test_support.h"

namespace restante::fetch {
namespace {

using std::chrono::hours;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kA(64, 'a');
const std::string kB(64, 'b');
constexpr Seconds kNow{std::chrono::seconds(1000)};

class HandOnRowsTest : public testing::Test {
 protected:
  void fail(std::string_view target, HandOnState state) {
    const HandOnItem item = queue_.due(target, kNow, 1)->at(0);
    ASSERT_TRUE(queue_.failed(item, {kNow, kNow + hours(1), "550 full", state}));
  }
  std::vector<QueueRow> rows() { return *queue_rows(database_); }
  std::size_t due(std::string_view target) { return queue_.due(target, kNow, 9)->size(); }

  archive::TempFolder folder_;
  archive::Database database_ = *archive::Database::open(folder_.path(), archive::Access::kCreate);
  HandOnQueue queue_ = *HandOnQueue::open(database_, "home");
};

TEST_F(HandOnRowsTest, ShowWhatWaitsAndWhatWasGivenUp) {
  ASSERT_TRUE(queue_.add(kB, "one"));
  ASSERT_TRUE(queue_.add(kA, "one"));
  fail("one", HandOnState::kGivenUp);
  ASSERT_TRUE(queue_.note_attempt("one", kNow, "no route"));
  ASSERT_THAT(rows(), SizeIs(2));
  EXPECT_EQ(rows()[0].sha256, kB);
  EXPECT_EQ(rows()[0].state, HandOnState::kGivenUp);
  EXPECT_EQ(rows()[0].reason, "550 full");
  EXPECT_EQ(rows()[1].state, HandOnState::kWaiting);
  EXPECT_EQ(rows()[1].reason, "no route");
}

TEST_F(HandOnRowsTest, WhatIsOfferedAgainIsDue) {
  ASSERT_TRUE(queue_.add(kA, "one"));
  fail("one", HandOnState::kGivenUp);
  EXPECT_EQ(due("one"), 0U);
  ASSERT_TRUE(offer_again(database_, rows()[0]));
  EXPECT_EQ(due("one"), 1U);
  EXPECT_EQ(rows()[0].attempts, 0U);
}

TEST_F(HandOnRowsTest, WhatIsDroppedIsNeitherDueNorFinished) {
  ASSERT_TRUE(queue_.add(kA, "one"));
  ASSERT_TRUE(drop_row(database_, rows()[0]));
  EXPECT_THAT(rows(), IsEmpty());
  EXPECT_EQ(due("one"), 0U);
  EXPECT_THAT(*queue_.finished({"one"}), IsEmpty());
}

TEST_F(HandOnRowsTest, WhatIsMovedGoesThereOnce) {
  ASSERT_TRUE(queue_.add(kA, "one"));
  ASSERT_TRUE(queue_.add(kB, "one"));
  ASSERT_TRUE(queue_.add(kB, "two"));
  ASSERT_TRUE(queue_.done(queue_.due("two", kNow, 1)->at(0)));
  for (const QueueRow& row : rows()) ASSERT_TRUE(move_row(database_, row, "two"));
  EXPECT_EQ(due("one"), 0U);
  EXPECT_EQ(due("two"), 1U);
}

}  // namespace
}  // namespace restante::fetch
