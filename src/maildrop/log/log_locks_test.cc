// Two stores on one real directory, as two processes would be: open-file-description locks conflict
// within a process too when the file was opened twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "disk/posix.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class LogLocksTest : public ::testing::Test {
 protected:
  LogLocksTest() : directory(make_directory()), a(disk::posix_disk(), directory) {}
  ~LogLocksTest() override { std::filesystem::remove_all(directory); }

  static std::string make_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "restante-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    return name;
  }

  const std::string directory;
  TestStore a;
};

TEST_F(LogLocksTest, RoundTripOnTheRealDisk) {
  const std::string large = std::string(300'000, 'x') + "\r\n";
  ASSERT_TRUE(a.deliver("one\r\n"));
  ASSERT_TRUE(a.deliver(large));
  EXPECT_THAT(a.texts(), ElementsAre("one\r\n", large));
  ASSERT_TRUE(a->close());
  a.reopen();
  EXPECT_THAT(a.texts(), ElementsAre("one\r\n", large));
}

TEST_F(LogLocksTest, FilesAreTheirOwnersAlone) {
  ASSERT_TRUE(a.deliver("one\r\n"));
  const LogPaths paths = log_paths(directory, kAccount);
  const auto mode = [](const std::string& path) {
    return std::filesystem::status(path).permissions() & std::filesystem::perms::mask;
  };
  EXPECT_EQ(mode(paths.log), std::filesystem::perms(0600));
  EXPECT_EQ(mode(paths.directory), std::filesystem::perms(0700));
  EXPECT_EQ(mode(paths.maildrops), std::filesystem::perms(0700));
}

// The append lock is kept by another. The first that waits in vain waits for its whole time; those
// behind it are told at once, until the lock is free.
TEST_F(LogLocksTest, ALockThatIsKeptIsWaitedForOnce) {
  ASSERT_TRUE(a.deliver("one\r\n"));
  std::atomic<int> asked = 0;
  a.settings().patience = [&](std::chrono::milliseconds waited) {
    ++asked;
    return waited < std::chrono::milliseconds(60);
  };
  a.reopen();
  const auto other =
      *disk::posix_disk().open(log_paths(directory, kAccount).log, disk::OpenMode::kReadWrite);
  ASSERT_TRUE(other->try_lock(1ULL << 62, 1));
  EXPECT_EQ(a.deliver("two\r\n").error().code, Errc::kTimeout);
  EXPECT_GT(asked, 1);
  const int before = asked;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i)
    threads.emplace_back([&] {
      const auto outcome = a.deliver("two\r\n");
      if (!outcome && outcome.error().code == Errc::kTimeout) ++refused;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 20);
  EXPECT_EQ(a->usage(kAccount).error().code, Errc::kTimeout);
  EXPECT_EQ(asked, before) << "they have waited behind the first";
  other->unlock(1ULL << 62, 1);
  EXPECT_TRUE(a.deliver("three\r\n"));
  EXPECT_THAT(a.texts(), ElementsAre("one\r\n", "three\r\n"));
}

TEST_F(LogLocksTest, TheSessionLockHoldsBetweenStores) {
  TestStore b(disk::posix_disk(), directory);
  auto session = a.open();
  ASSERT_TRUE(session);
  EXPECT_EQ(b.open().error().code, Errc::kBusy);
  EXPECT_TRUE(b->open(kAccount, View{3}));
  EXPECT_TRUE(b.deliver("while it is open\r\n"));
  session->reset();
  EXPECT_THAT(b.texts(), SizeIs(1));
  EXPECT_THAT(a.texts(), SizeIs(1));
}

TEST_F(LogLocksTest, DeletionsOfOneAreSeenByTheOther) {
  TestStore b(disk::posix_disk(), directory);
  ASSERT_TRUE(a.deliver("one\r\n"));
  ASSERT_TRUE(b.deliver("two\r\n"));
  {
    auto session = a.open();
    ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
  }
  EXPECT_THAT(b.texts(), ElementsAre("two\r\n"));
  EXPECT_THAT(a.texts(), ElementsAre("two\r\n"));
}

TEST_F(LogLocksTest, AnotherProcessMayHaveCutADamagedEndAndGoneOn) {
  ASSERT_TRUE(a.deliver("one\r\n"));
  ASSERT_TRUE(a.deliver("two\r\n"));
  const std::string path = log_paths(directory, kAccount).log;
  std::fstream(path, std::ios::in | std::ios::out).seekp(-3, std::ios::end).put('!');
  TestStore b(disk::posix_disk(), directory);
  const std::string three = "three, and longer than what was there\r\n";
  ASSERT_TRUE(b.deliver(three));
  EXPECT_THAT(a.texts(), ElementsAre("one\r\n", three));
}

TEST_F(LogLocksTest, ASessionCannotDeleteWhatTookThePlaceOfItsMessage) {
  ASSERT_TRUE(a.deliver("one\r\n"));
  ASSERT_TRUE(a.deliver("two\r\n"));
  auto session = *a.open();
  const std::string path = log_paths(directory, kAccount).log;
  std::fstream(path, std::ios::in | std::ios::out).seekp(-3, std::ios::end).put('!');
  TestStore b(disk::posix_disk(), directory);
  const std::string three = "three, and longer than what was there\r\n";
  ASSERT_TRUE(b.deliver(three));
  EXPECT_FALSE(session->commit(end_deleting({MessageNumber{2}})));
  session.reset();
  EXPECT_THAT(a.texts(), ElementsAre("one\r\n", three));
}

TEST_F(LogLocksTest, ConcurrentDeliveriesAreAllThereOnce) {
  TestStore b(disk::posix_disk(), directory);
  constexpr int kEach = 25;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      TestStore& store = t % 2 == 0 ? a : b;
      for (int i = 0; i < kEach; ++i)
        EXPECT_TRUE(store.deliver(std::to_string(t) + '/' + std::to_string(i)));
    });
  }
  // Sessions come and go meanwhile.
  std::uint32_t last = 0;
  while (last < 4 * kEach && !HasFailure()) {
    auto session = a.open();
    ASSERT_TRUE(session);
    ASSERT_GE((*session)->count(), last);
    last = (*session)->count();
    for (std::uint32_t i = 1; i <= last; ++i)
      ASSERT_EQ(TestStore::read_text(**session, MessageNumber{i}).size(),
                (*session)->info(MessageNumber{i}).wire_bytes);
  }
  for (std::thread& thread : threads) thread.join();
  for (TestStore* store : {&a, &b}) {
    const auto texts = store->texts();
    EXPECT_THAT(texts, SizeIs(4 * kEach));
    EXPECT_THAT(std::set<std::string>(texts.begin(), texts.end()), SizeIs(4 * kEach));
    auto session = store->open();
    std::set<std::string> uids;
    for (std::uint32_t i = 1; i <= (*session)->count(); ++i)
      uids.insert(TestStore::uid(**session, i));
    EXPECT_THAT(uids, SizeIs(4 * kEach));
  }
}

TEST_F(LogLocksTest, ManyThreadsMakeOneMaildropOnce) {
  TestStore b(disk::posix_disk(), directory);
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&, t] { EXPECT_TRUE((t % 2 == 0 ? a : b).deliver("x\r\n")); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(a.texts(), SizeIs(6));
}

TEST_F(LogLocksTest, CommitsBesideDeliveriesLoseNothing) {
  constexpr int kMessages = 60;
  std::thread deliverer([&] {
    for (int i = 0; i < kMessages; ++i) EXPECT_TRUE(a.deliver(std::to_string(i)));
  });
  std::set<std::string> collected;
  while (collected.size() < kMessages && !HasFailure()) {
    auto session = a.open();
    ASSERT_TRUE(session);
    std::vector<MessageNumber> all;
    for (std::uint32_t i = 1; i <= (*session)->count(); ++i) {
      all.push_back(MessageNumber{i});
      EXPECT_TRUE(collected.insert(TestStore::read_text(**session, MessageNumber{i})).second);
    }
    ASSERT_TRUE((*session)->commit(end_deleting(all)));
  }
  deliverer.join();
  EXPECT_THAT(a.texts(), SizeIs(0));
}

/// Upkeep of two processes, deliveries and sessions, all at once.
TEST_F(LogLocksTest, UpkeepBesideEverythingElseLosesNothing) {
  TestStore b(disk::posix_disk(), directory);
  constexpr int kMessages = 150;
  std::atomic<bool> done = false;
  std::set<std::string> uids;
  std::thread deliverer([&] {
    for (int i = 0; i < kMessages; ++i) {
      TestStore& store = i % 3 == 0 ? b : a;
      const auto receipt = store.deliver(std::to_string(i) + std::string(3'000, ' ') + "\r\n");
      EXPECT_TRUE(receipt) << receipt.error().message();
      if (receipt) EXPECT_TRUE(uids.insert(receipt->uid).second);
    }
  });
  std::vector<std::thread> keepers;
  std::atomic<int> rewritten = 0;
  for (TestStore* store : {&a, &b}) {
    keepers.emplace_back([&, store] {
      while (!done) {
        const auto report = (*store)->upkeep(kAccount, {}, {});
        // The other one may be at it.
        EXPECT_TRUE(report || report.error().code == Errc::kBusy) << report.error().message();
        if (report && report->reclaimed_bytes > 0) ++rewritten;
      }
    });
  }
  std::set<std::string> collected;
  for (int round = 0; (collected.size() < kMessages || rewritten == 0) && !HasFailure(); ++round) {
    auto session = (round % 4 == 0 ? b : a).open();
    ASSERT_TRUE(session) << session.error().message();
    std::vector<MessageNumber> all;
    for (std::uint32_t i = 1; i <= (*session)->count(); ++i) {
      all.push_back(MessageNumber{i});
      EXPECT_TRUE(collected.insert(TestStore::read_text(**session, MessageNumber{i})).second);
    }
    const auto committed = (*session)->commit(end_deleting(all));
    ASSERT_TRUE(committed) << committed.error().message();
  }
  deliverer.join();
  done = true;
  for (std::thread& keeper : keepers) keeper.join();
  EXPECT_THAT(a.texts(), SizeIs(0));
  EXPECT_THAT(collected, SizeIs(kMessages));
  EXPECT_THAT(a.damages, SizeIs(0));
  EXPECT_THAT(b.damages, SizeIs(0));
}

// One process knows the last message, in memory; another finds its header damaged, with a deletion
// behind it, and gives its number to the next message. The first one's session must not delete
// that.
TEST_F(LogLocksTest, ANumberThatDamageMadeGivenTwiceDeletesNoNewMessage) {
  ASSERT_TRUE(a.deliver("one\r\n"));
  ASSERT_TRUE(a.deliver("two\r\n"));
  {
    auto first = a.open();
    ASSERT_TRUE(first);
    ASSERT_TRUE((*first)->commit(end_deleting({MessageNumber{1}})));
  }
  auto session = a.open();
  ASSERT_TRUE(session);
  ASSERT_EQ((*session)->count(), 1U);
  const std::string path = log_paths(directory, kAccount).log;
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string log((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::size_t body = log.find("two\r\n");
  ASSERT_NE(body, std::string::npos);
  file.seekp(static_cast<std::streamoff>(body - 5));
  file.put(static_cast<char>(log[body - 5] ^ 1));
  file.close();

  TestStore b(disk::posix_disk(), directory);
  ASSERT_TRUE(b.deliver("new\r\n"));
  EXPECT_EQ((*session)->commit(end_deleting({MessageNumber{1}})).error().code, Errc::kIo);
  session->reset();
  ASSERT_TRUE(a.deliver("last\r\n"));
  EXPECT_THAT(a.texts(), ElementsAre("new\r\n", "last\r\n"));
  EXPECT_THAT(b.texts(), ElementsAre("new\r\n", "last\r\n"));
}

}  // namespace
}  // namespace restante::maildrop::log
