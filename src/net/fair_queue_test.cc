#include "net/fair_queue.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace restante::net {
namespace {

using Job = std::unique_ptr<std::string>;  // As the real ones: movable only.

Job job(const std::string& name) { return std::make_unique<std::string>(name); }

std::string pop(FairQueue<Job>& queue) {
  auto out = queue.pop();
  return out ? **out : "none";
}

TEST(FairQueue, ServesEachSourceInItsTurn) {
  FairQueue<Job> queue(100);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(queue.push(1, job("a" + std::to_string(i))));
  EXPECT_FALSE(queue.push(2, job("b0")));
  EXPECT_FALSE(queue.push(3, job("c0")));
  EXPECT_FALSE(queue.push(3, job("c1")));
  std::string order;
  while (queue.size() != 0) order += pop(queue) + " ";
  EXPECT_EQ(order, "a0 b0 c0 a1 c1 a2 ");
  EXPECT_EQ(pop(queue), "none");
}

TEST(FairQueue, ANewcomerIsServedAfterOneOfEachOther) {
  FairQueue<Job> queue(10000);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(queue.push(1, job("flood")));
  EXPECT_EQ(pop(queue), "flood");
  EXPECT_FALSE(queue.push(2, job("guest")));
  EXPECT_EQ(pop(queue), "flood");
  EXPECT_EQ(pop(queue), "guest");
}

TEST(FairQueue, FullTheLongestQueueLosesItsLatest) {
  FairQueue<Job> queue(4);
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(queue.push(1, job("a" + std::to_string(i))));
  auto out = queue.push(1, job("a4"));  // Its own queue is the longest.
  ASSERT_TRUE(out);
  EXPECT_EQ(**out, "a4");
  out = queue.push(2, job("b0"));
  ASSERT_TRUE(out);
  EXPECT_EQ(**out, "a3");
  out = queue.push(2, job("b1"));
  ASSERT_TRUE(out);
  EXPECT_EQ(**out, "a2");
  out = queue.push(2, job("b2"));  // As long as the longest now.
  ASSERT_TRUE(out);
  EXPECT_EQ(**out, "b2");
  EXPECT_EQ(queue.size(), 4U);
  std::string order;
  while (queue.size() != 0) order += pop(queue) + " ";
  EXPECT_EQ(order, "a0 b0 a1 b1 ");
}

TEST(FairQueue, WithoutRoomTakesNothing) {
  FairQueue<Job> queue(0);
  EXPECT_TRUE(queue.push(1, job("a")));
  EXPECT_EQ(queue.size(), 0U);
}

}  // namespace
}  // namespace restante::net
