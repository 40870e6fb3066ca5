#include "maildrop/log/drop/group_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace restante::maildrop::log {
namespace {

using ::testing::ElementsAre;

struct Wish {
  int number = 0;
  int granted = 0;  // How often.
};
using Group = std::vector<Wish*>;

std::vector<int> numbers_of(const Group& group) {
  std::vector<int> numbers;
  for (const Wish* wish : group) numbers.push_back(wish->number);
  return numbers;
}

TEST(GroupQueue, OneAloneIsAGroup) {
  GroupQueue<Wish> queue;
  Wish wish{7};
  std::vector<int> seen;
  queue.run(wish, 8, [&](const Group& group) { seen = numbers_of(group); });
  EXPECT_THAT(seen, ElementsAre(7));
}

/// While the first is worked for, `later` others come, one after the other.
class GroupQueueTest : public ::testing::Test {
 protected:
  void come(int number, std::size_t group_max) {
    threads_.emplace_back([this, number, group_max] {
      Wish wish{number};
      queue_.run(wish, group_max, [this](const Group& group) { work(group); });
      EXPECT_EQ(wish.granted, 1);
    });
  }

  void run(int later, std::size_t group_max) {
    come(0, group_max);
    first_works_.get_future().wait();
    for (int i = 1; i <= later; ++i) {
      come(i, group_max);
      while (queue_.waiting() < static_cast<std::size_t>(i)) std::this_thread::yield();
    }
    others_wait_.set_value();
    for (std::thread& thread : threads_) thread.join();
  }

  std::vector<std::vector<int>> groups_;

 private:
  void work(const Group& group) {
    EXPECT_FALSE(working_.exchange(true));
    if (groups_.empty()) {
      first_works_.set_value();
      others_wait_.get_future().wait();
    }
    groups_.push_back(numbers_of(group));
    for (Wish* wish : group) ++wish->granted;
    working_ = false;
  }

  GroupQueue<Wish> queue_;
  std::vector<std::thread> threads_;
  std::promise<void> first_works_;
  std::promise<void> others_wait_;
  std::atomic<bool> working_ = false;
};

TEST_F(GroupQueueTest, ThoseWhoWaitAreOneGroupInTheirOrder) {
  run(5, 8);
  EXPECT_THAT(groups_, ElementsAre(ElementsAre(0), ElementsAre(1, 2, 3, 4, 5)));
}

TEST_F(GroupQueueTest, NoGroupIsLargerThanAllowed) {
  run(5, 2);
  EXPECT_THAT(groups_,
              ElementsAre(ElementsAre(0), ElementsAre(1, 2), ElementsAre(3, 4), ElementsAre(5)));
}

TEST(GroupQueue, NoItemIsForgottenOrServedTwice) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 500;
  GroupQueue<Wish> queue;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        Wish wish{i};
        queue.run(wish, 3, [](const Group& group) {
          for (Wish* each : group) ++each->granted;
        });
        ASSERT_EQ(wish.granted, 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(queue.waiting(), 0U);
}

}  // namespace
}  // namespace restante::maildrop::log
