#include "net/share_queue.h"

#include <gtest/gtest.h>

#include <string>

namespace restante::net {
namespace {

using Queue = ShareQueue<std::string>;

/// How many of `count` jobs of this source may run at once.
std::size_t take(Queue& queue, Errand errand, std::uint64_t source, std::size_t count) {
  std::size_t running = 0;
  for (std::size_t i = 0; i < count; ++i) running += queue.push(errand, source, "job") ? 1 : 0;
  return running;
}

TEST(ShareQueue, WhoeverIsAloneIsNotMadeToWait) {
  Queue queue(4);
  const auto ready = queue.push(Errand::kMail, 7, "job");
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->job, "job");
  EXPECT_EQ(ready->source, 7U);
  queue.ended(Errand::kMail, 7);
  EXPECT_EQ(queue.running(), 0U);
  EXPECT_EQ(queue.ended(), 1U);
}

TEST(ShareQueue, WhatHangsLeavesThreadsToTheOthers) {
  Queue queue(64);
  EXPECT_EQ(take(queue, Errand::kMail, 1, 70), 21U) << "a third";
  EXPECT_EQ(take(queue, Errand::kMail, 2, 70), 14U);
  EXPECT_EQ(take(queue, Errand::kOwner, 3, 70), 10U);
  for (std::uint64_t source = 10; source < 20; ++source)
    EXPECT_GE(take(queue, Errand::kOwner, source, 1), 1U) << source;
  EXPECT_FALSE(queue.is_full());
  EXPECT_FALSE(queue.next()) << "those who wait may not have more";
  EXPECT_EQ(queue.waiting(), 70U * 3 - 21 - 14 - 10);
}

TEST(ShareQueue, MailLeavesRoomToOwnersAndOwnersToMail) {
  Queue queue(8);
  std::size_t mails = 0;
  for (std::uint64_t source = 0; source < 100; ++source)
    mails += take(queue, Errand::kMail, source, 1);
  EXPECT_EQ(mails, 6U);
  std::size_t owners = 0;
  for (std::uint64_t source = 0; source < 100; ++source)
    owners += take(queue, Errand::kOwner, source, 1);
  EXPECT_EQ(owners, 2U);
  EXPECT_TRUE(queue.is_full());
  Queue other(8);
  owners = 0;
  for (std::uint64_t source = 0; source < 100; ++source)
    owners += take(other, Errand::kOwner, source, 1);
  EXPECT_EQ(owners, 7U);
}

TEST(ShareQueue, AnEndLetsTheNextInTurnGoOn) {
  Queue queue(1);
  ASSERT_TRUE(queue.push(Errand::kMail, 1, "first"));
  for (const char* job : {"a1", "a2"}) EXPECT_FALSE(queue.push(Errand::kMail, 1, job));
  EXPECT_FALSE(queue.push(Errand::kMail, 2, "b"));
  EXPECT_FALSE(queue.push(Errand::kOwner, 1, "owner"));
  std::vector<std::string> order;
  queue.ended(Errand::kMail, 1);
  while (auto ready = queue.next()) {
    EXPECT_FALSE(queue.next());
    order.push_back(ready->job);
    queue.ended(ready->errand, ready->source);
  }
  EXPECT_EQ(order, (std::vector<std::string>{"owner", "a1", "b", "a2"}));
  EXPECT_EQ(queue.running(), 0U);
}

}  // namespace
}  // namespace restante::net
