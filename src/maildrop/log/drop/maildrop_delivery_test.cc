// Several deliveries together: each has its own outcome, and its own place in the maildrop.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <set>
#include <thread>

#include "disk/memory.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class DeliveryTest : public ::testing::Test {
 protected:
  NewMessage& add(const std::string& text, std::optional<std::string> uid = std::nullopt) {
    NewMessage& message =
        messages_.emplace_back("Prefix: x\r\n", sources_.emplace_back(text), text.size() + 11);
    message.uid = std::move(uid);
    return message;
  }
  std::vector<Result<Receipt>> deliver() {
    std::vector<const NewMessage*> all;
    for (const NewMessage& message : messages_) all.push_back(&message);
    return store->deliver_together(kAccount, all);
  }
  /// "ok", or why not.
  static std::vector<std::string> words(const std::vector<Result<Receipt>>& outcomes) {
    std::vector<std::string> out;
    for (const auto& outcome : outcomes)
      out.emplace_back(outcome ? "ok" : to_string(outcome.error().code));
    return out;
  }

  disk::MemoryDisk disk;
  TestStore store{disk};
  std::deque<TextSource> sources_;
  std::deque<NewMessage> messages_;
};

TEST_F(DeliveryTest, AnIdAsItMakesItselfIsNoProofThatTheMessageIsThere) {
  const auto own = store.deliver("first\r\n");
  ASSERT_TRUE(own);
  const std::string prefix = own->uid.substr(0, own->uid.find('-') + 1);
  add("of a twin\r\n", prefix + "zzzz-zzzz");
  add("its own\r\n", own->uid);
  EXPECT_THAT(words(deliver()), ElementsAre(to_string(Errc::kSyntax), to_string(Errc::kSyntax)));
}

TEST_F(DeliveryTest, AGroupIsSyncedTwice) {
  ASSERT_TRUE(store.deliver("before\r\n"));
  for (int i = 0; i < 10; ++i) add(std::to_string(i) + "\r\n");
  disk.fail_nothing();
  const auto receipts = deliver();
  EXPECT_EQ(disk.syncs(), 2U);
  disk.lose_power(disk::PowerLoss::kDropUnsynced);
  store.reopen();
  auto session = store.open();
  ASSERT_TRUE(session);
  ASSERT_EQ((*session)->count(), 11U);
  for (std::uint32_t i = 0; i < 10; ++i) {
    ASSERT_TRUE(receipts[i]);
    const MessageNumber number{i + 2};
    EXPECT_EQ((*session)->info(number).sequence, receipts[i]->sequence);
    EXPECT_EQ(TestStore::uid(**session, i + 2), receipts[i]->uid);
    EXPECT_EQ(receipts[i]->before.messages, i + 1);
    EXPECT_EQ(TestStore::read_text(**session, number),
              "Prefix: x\r\n" + std::to_string(i) + "\r\n");
  }
}

TEST_F(DeliveryTest, EachHasItsOwnOutcome) {
  add("first\r\n", "uid-1");
  add("the same uid\r\n", "uid-1");
  add("no uid\r\n", "a b");
  add("unreadable\r\n");
  sources_.back().fail_from(0);
  add("too much\r\n").quota.messages = 1;
  add("fits\r\n").quota.messages = 2;
  add("last\r\n");
  EXPECT_THAT(words(deliver()),
              ElementsAre("ok", to_string(Errc::kExists), to_string(Errc::kSyntax),
                          to_string(Errc::kIo), to_string(Errc::kLimit), "ok", "ok"));
  const auto there =
      ElementsAre("Prefix: x\r\nfirst\r\n", "Prefix: x\r\nfits\r\n", "Prefix: x\r\nlast\r\n");
  EXPECT_THAT(store.texts(), there);
  store.reopen();
  EXPECT_THAT(store.texts(), there);
}

TEST_F(DeliveryTest, NoneAtAllIsNothing) {
  disk.fail_nothing();
  EXPECT_THAT(deliver(), SizeIs(0));
  EXPECT_EQ(disk.syncs(), 0U);
}

TEST_F(DeliveryTest, ThreadsShareSyncs) {
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      for (int i = 0; i < kEach; ++i)
        ASSERT_TRUE(store.deliver(std::to_string(t) + "." + std::to_string(i) + "\r\n"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  store.reopen();
  const std::vector<std::string> texts = store.texts();
  EXPECT_EQ(std::set<std::string>(texts.begin(), texts.end()).size(), texts.size());
  EXPECT_THAT(texts, SizeIs(kThreads * kEach));
}

}  // namespace
}  // namespace restante::maildrop::log
