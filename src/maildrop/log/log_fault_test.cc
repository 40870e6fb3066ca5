// Every call to the disk fails once, in every way, with every kind of power loss behind it.
// Acknowledged mail is there exactly once; refused mail is absent, or whole if its fate could not
// be known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "disk/memory.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using disk::Fault;
using disk::PowerLoss;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string large(char c) { return std::string(150'000, c) + "\r\n"; }

/// A short life of a maildrop, and what it was told. "a" and "b" are there before.
struct Life {
  std::set<std::string> acknowledged;
  std::set<std::string> refused;
  std::set<std::string> deleting;  // By the one commit.
  bool commit_acknowledged = false;

  void deliver(TestStore& store, const std::string& text) {
    (store.deliver(text) ? acknowledged : refused).insert(text);
  }

  void deliver_together(TestStore& store, const std::vector<std::string>& texts) {
    const std::vector<bool> delivered = store.deliver_together(texts);
    for (std::size_t i = 0; i < texts.size(); ++i)
      (delivered[i] ? acknowledged : refused).insert(texts[i]);
  }

  void commit_all(TestStore& store) {
    auto session = store.open();
    if (!session) return;
    std::vector<MessageNumber> numbers;
    for (std::uint32_t i = 1; i <= (*session)->count(); ++i) {
      // With a failing disk a message may be unreadable; it is known by its size then.
      const std::string text = TestStore::read_text(**session, MessageNumber{i});
      if (text.starts_with('!')) continue;
      numbers.push_back(MessageNumber{i});
      deleting.insert(text);
    }
    commit_acknowledged = (*session)->commit(end_deleting(numbers)).has_value();
  }

  void live(TestStore& store) {
    deliver(store, "c\r\n");
    commit_all(store);
    deliver(store, large('d'));
    deliver_together(store, {"e\r\n", large('f'), "g\r\n"});
    deliver(store, "h\r\n");
  }

  void check(const std::vector<std::string>& found, const std::string& where) const {
    const std::multiset<std::string> there(found.begin(), found.end());
    for (const std::string& text : there) {
      ASSERT_EQ(there.count(text), 1U) << where;
      ASSERT_TRUE(acknowledged.contains(text) || refused.contains(text))
          << where << ": " << text.substr(0, 20);
    }
    std::size_t deleted = 0;
    for (const std::string& text : deleting) deleted += there.count(text) == 0 ? 1 : 0;
    if (commit_acknowledged) {
      ASSERT_EQ(deleted, deleting.size()) << where;
    }
    // A mail that was refused for sure and never seen does not count for all or nothing.
    std::size_t known = 0;
    for (const std::string& text : deleting) known += acknowledged.count(text);
    ASSERT_TRUE(deleted == 0 || deleted >= known) << where;
    for (const std::string& text : acknowledged) {
      if (!deleting.contains(text) || (!commit_acknowledged && deleted == 0)) {
        ASSERT_EQ(there.count(text), 1U) << where << ": " << text.substr(0, 20);
      }
    }
  }
};

class LogFaultTest : public ::testing::TestWithParam<std::tuple<Fault, PowerLoss, bool>> {};

TEST_P(LogFaultTest, EveryCallOnce) {
  const auto [fault, loss, warm] = GetParam();
  for (std::uint64_t point = 0;; ++point) {
    disk::MemoryDisk disk;
    TestStore store(disk);
    Life life;
    life.deliver(store, "a\r\n");
    life.deliver(store, "b\r\n");
    ASSERT_EQ(life.acknowledged.size(), 2U);
    if (!warm) store.reopen();
    disk.fail_at(point, fault);
    life.live(store);
    const bool done = !disk.fault_reached();
    const std::string where = "call " + std::to_string(point);
    disk.lose_power(loss);
    store.reopen();
    life.check(store.texts(), where);
    // Recovery is idempotent, and the maildrop is in use again.
    store.reopen();
    life.check(store.texts(), where);
    ASSERT_TRUE(store.deliver("after\r\n")) << where;
    ASSERT_EQ(store.texts().back(), "after\r\n") << where;
    if (done) {
      ASSERT_GT(point, 8U);
      ASSERT_THAT(life.refused, IsEmpty());
      return;
    }
  }
}

// Making a maildrop, the same way.
TEST_P(LogFaultTest, EveryCallOfACreation) {
  const auto [fault, loss, listed] = GetParam();
  for (std::uint64_t point = 0;; ++point) {
    disk::MemoryDisk disk;
    TestStore store(disk);
    Life life;
    disk.fail_at(point, fault);
    life.deliver(store, "a\r\n");
    if (listed) (void)store->list(kAccount, View::kDefault);
    life.deliver(store, "b\r\n");
    const bool done = !disk.fault_reached();
    disk.lose_power(loss);
    store.reopen();
    life.check(store.texts(), "call " + std::to_string(point));
    ASSERT_TRUE(store.deliver("after\r\n"));
    if (done) return;
  }
}

// Without a power loss: the process goes on, and so must what it says.
TEST_P(LogFaultTest, EveryCallAndTheProcessGoesOn) {
  const auto [fault, loss, warm] = GetParam();
  if (fault == Fault::kDeath || loss != PowerLoss::kKeepAll) return;
  for (std::uint64_t point = 0;; ++point) {
    disk::MemoryDisk disk;
    TestStore store(disk);
    Life life;
    life.deliver(store, "a\r\n");
    life.deliver(store, "b\r\n");
    if (!warm) store.reopen();
    disk.fail_at(point, fault);
    life.live(store);
    const bool done = !disk.fault_reached();
    disk.fail_nothing();
    const auto found = store.texts();
    // A cold start that could not sync what it read says so, and never shows a part of it.
    if (!warm && !done && found.size() == 1 && found[0].starts_with("!!io")) continue;
    life.check(found, "call " + std::to_string(point));
    for (const std::string& text : life.refused)
      ASSERT_EQ(std::count(found.begin(), found.end(), text), 0) << point;
    if (done) return;
  }
}

INSTANTIATE_TEST_SUITE_P(All, LogFaultTest,
                         ::testing::Combine(::testing::Values(Fault::kEio, Fault::kFull,
                                                              Fault::kShortWrite, Fault::kDeath),
                                            ::testing::Values(PowerLoss::kDropUnsynced,
                                                              PowerLoss::kKeepAll,
                                                              PowerLoss::kTorn),
                                            ::testing::Bool()));

class LogPoisonTest : public ::testing::Test {
 protected:
  /// Lets the next sync fail: the call behind lock, status and write.
  void fail_next_sync() { disk.fail_at(3, Fault::kEio); }

  disk::MemoryDisk disk;
  TestStore store{disk};
};

TEST_F(LogPoisonTest, AfterAFailedSyncNothingIsPromisedAnyMore) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  fail_next_sync();
  EXPECT_EQ(store.deliver("two\r\n").error().code, Errc::kIo);
  ASSERT_TRUE(disk.fault_reached());
  disk.fail_nothing();
  EXPECT_EQ(store.deliver("three\r\n").error().code, Errc::kIo);
  auto session = store.open();  // Reading goes on.
  ASSERT_TRUE(session);
  EXPECT_EQ((*session)->count(), 1U);
  EXPECT_EQ((*session)->commit(end_deleting({MessageNumber{1}})).error().code, Errc::kIo);
  session->reset();
  EXPECT_TRUE(store.deliver("other\r\n", "bob@example.test"));
  disk.lose_power(PowerLoss::kDropUnsynced);
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n"));
  EXPECT_TRUE(store.deliver("three\r\n"));
}

// Other processes do not know that the sync failed, so they must not find the record either.
TEST_F(LogPoisonTest, WhatWasRefusedIsTakenBackOutOfTheLog) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  const LogPaths paths = log_paths("/data", kAccount);
  const std::string before = *disk.content(paths.log);
  disk.fail_at(2, Fault::kShortWrite);  // The write, behind lock and status.
  EXPECT_FALSE(store.deliver("two\r\n"));
  EXPECT_EQ(*disk.content(paths.log), before);
  fail_next_sync();
  EXPECT_FALSE(store.deliver("three\r\n"));
  EXPECT_EQ(*disk.content(paths.log), before);
  disk.fail_nothing();
  TestStore other(disk);
  EXPECT_THAT(other.texts(), ElementsAre("one\r\n"));
}

// A header that spans sectors: what a failed sync lost of it must not be relied on later.
TEST_F(LogPoisonTest, AHeaderWhoseSyncFailedIsMadeAnew) {
  const std::string account(limits::kUserNameBytesMax, 'a');
  for (std::uint64_t point = 0;; ++point) {
    disk::MemoryDisk young;
    TestStore office(young);
    young.fail_at(point, Fault::kEio);
    (void)office.deliver("one\r\n", account);
    const bool done = !young.fault_reached();
    young.fail_nothing();
    const bool promised = office.deliver("two\r\n", account).has_value();
    young.lose_power(PowerLoss::kDropUnsynced);
    office.reopen();
    if (promised) {
      ASSERT_EQ(office.texts(account).back(), "two\r\n") << point;
    }
    if (done) return;
  }
}

TEST_F(LogPoisonTest, ItOutlivesTheMaildropsTimeInMemory) {
  store.settings().idle_maildrops_max = 1;
  store.reopen();
  ASSERT_TRUE(store.deliver("one\r\n"));
  fail_next_sync();
  EXPECT_FALSE(store.deliver("two\r\n"));
  disk.fail_nothing();
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(store.deliver("x\r\n", "user" + std::to_string(i) + "@example.test"));
  EXPECT_EQ(store.deliver("three\r\n").error().code, Errc::kIo);
}

TEST_F(LogPoisonTest, AFullDiskIsNotPoison) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  disk.fail_at(0, Fault::kFull);
  EXPECT_EQ(store.deliver("two\r\n").error().code, Errc::kFull);
  disk.fail_nothing();
  EXPECT_TRUE(store.deliver("three\r\n"));
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "three\r\n"));
}

// Another process was killed between its write and its sync: what a session has shown must stay.
TEST_F(LogPoisonTest, WhatAReaderSawOfAKilledWriterDoesNotVanish) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  TestStore killed(disk);
  disk.fail_at(0, Fault::kDeath);
  std::uint64_t point = 0;
  const LogPaths paths = log_paths("/data", kAccount);
  const std::size_t before = disk.content(paths.log)->size();
  for (; disk.content(paths.log)->size() <= before + 60; ++point) {
    disk.fail_at(point, Fault::kDeath);
    EXPECT_FALSE(killed.deliver("two\r\n"));
    if (disk.content(paths.log)->size() < before + 60) killed.reopen();
    ASSERT_LT(point, 100U);
  }
  disk.fail_nothing();
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "two\r\n"));
  disk.lose_power(PowerLoss::kDropUnsynced);
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "two\r\n"));
}

}  // namespace
}  // namespace restante::maildrop::log
