#include "server/upkeep/due_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::server {
namespace {

using std::chrono::seconds;
using ::testing::Eq;
using ::testing::Optional;

DueQueue::Time at(int second) { return DueQueue::Time(seconds(second)); }

TEST(DueQueue, HandsOutWhatIsDueInOrder) {
  DueQueue queue(10);
  EXPECT_EQ(queue.next_due(), std::nullopt);
  EXPECT_EQ(queue.take(at(100)), std::nullopt);
  EXPECT_TRUE(queue.add("b", at(20)));
  EXPECT_TRUE(queue.add("a", at(10)));
  EXPECT_THAT(queue.next_due(), Optional(at(10)));
  EXPECT_EQ(queue.take(at(9)), std::nullopt);
  EXPECT_THAT(queue.take(at(10)), Optional(Eq("a")));
  EXPECT_EQ(queue.take(at(19)), std::nullopt);
  EXPECT_THAT(queue.take(at(30)), Optional(Eq("b")));
  EXPECT_EQ(queue.take(at(100)), std::nullopt);
  EXPECT_EQ(queue.next_due(), std::nullopt);
}

TEST(DueQueue, AnAccountWaitsOnceAndComesAgainForTheLatest) {
  DueQueue queue(1);
  for (const int second : {10, 12, 30, 15}) EXPECT_TRUE(queue.add("a", at(second)));
  EXPECT_THAT(queue.take(at(10)), Optional(Eq("a")));
  EXPECT_EQ(queue.take(at(29)), std::nullopt);
  EXPECT_THAT(queue.take(at(30)), Optional(Eq("a")));
  EXPECT_EQ(queue.next_due(), std::nullopt);
}

TEST(DueQueue, TheEarlierTimeComesFirst) {
  DueQueue queue(2);
  queue.add("a", at(30));
  queue.add("b", at(20));
  queue.add("a", at(10));
  EXPECT_THAT(queue.take(at(10)), Optional(Eq("a")));
  EXPECT_THAT(queue.take(at(20)), Optional(Eq("b")));
  EXPECT_THAT(queue.take(at(30)), Optional(Eq("a")));
}

TEST(DueQueue, IsBounded) {
  DueQueue queue(2);
  EXPECT_TRUE(queue.add("a", at(1)));
  EXPECT_TRUE(queue.add("b", at(1)));
  EXPECT_FALSE(queue.add("c", at(1)));
  EXPECT_TRUE(queue.add("a", at(2))) << "it has its place";
  EXPECT_TRUE(queue.take(at(1)));
  EXPECT_TRUE(queue.take(at(1)));
  EXPECT_THAT(queue.take(at(2)), Optional(Eq("a")));
  EXPECT_TRUE(queue.add("c", at(1)));
}

}  // namespace
}  // namespace restante::server
