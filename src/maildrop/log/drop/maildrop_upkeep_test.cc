// Retention and reclaiming on a disk that works: what goes, what stays, and how large the log is.
#include "maildrop/log/drop/maildrop_upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "disk/memory.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/format/record_format.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using std::chrono::days;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string text_of(int number, std::size_t size = 1000) {
  std::string text = std::to_string(number) + "\r\n";
  return text + std::string(size, static_cast<char>('a' + number % 26)) + "\r\n";
}

class UpkeepTest : public ::testing::Test {
 protected:
  Result<UpkeepReport> upkeep(TestStore& at, UpkeepPolicy policy = {}) {
    return at->upkeep(kAccount, policy, {});
  }
  std::uint64_t reclaim(std::chrono::seconds window = {}) {
    UpkeepPolicy policy;
    policy.undelete_window = window;
    const auto report = upkeep(store, policy);
    EXPECT_TRUE(report) << report.error().message();
    return report ? report->reclaimed_bytes : 0;
  }
  std::uint64_t expire(Retention::From from, days after) {
    UpkeepPolicy policy;
    policy.undelete_window = days(1000);
    policy.retention = {after, from};
    return upkeep(store, policy)->expired;
  }
  static void end_session(TestStore& at, const std::vector<std::uint32_t>& deleted,
                          const std::vector<std::uint32_t>& retrieved = {},
                          View view = View::kDefault) {
    auto session = at->open(kAccount, view);
    ASSERT_TRUE(session);
    SessionEnd end;
    for (const auto number : deleted) end.deleted.push_back(MessageNumber{number});
    for (const auto number : retrieved) end.retrieved.push_back(MessageNumber{number});
    ASSERT_TRUE((*session)->commit(end));
  }
  void delete_all() {
    auto session = store.open();
    std::vector<MessageNumber> all;
    for (std::uint32_t i = 1; i <= (*session)->count(); ++i) all.push_back(MessageNumber{i});
    ASSERT_TRUE((*session)->commit(end_deleting(all)));
  }
  /// Numbers 0 to count - 1, of which all but those in `kept` are deleted.
  void fill(int count, const std::vector<int>& kept) {
    std::vector<std::uint32_t> deleted;
    for (int i = 0; i < count; ++i) {
      uids.push_back(store.deliver(text_of(i))->uid);
      if (std::ranges::find(kept, i) == kept.end())
        deleted.push_back(static_cast<std::uint32_t>(i + 1));
    }
    end_session(store, deleted);
  }
  std::uint64_t log_bytes() { return disk.content(paths.log)->size(); }
  std::vector<std::string> uids_in(TestStore& at) {
    auto session = at.open();
    std::vector<std::string> out;
    for (std::uint32_t i = 1; i <= (*session)->count(); ++i)
      out.push_back(TestStore::uid(**session, i));
    return out;
  }

  disk::MemoryDisk disk;
  TestStore store{disk};
  const LogPaths paths = log_paths("/data", kAccount);
  std::vector<std::string> uids;
};

TEST_F(UpkeepTest, SaysWhatItHolds) {
  EXPECT_EQ(upkeep(store)->holding, std::nullopt) << "it never had mail";
  fill(3, {1, 2});
  UpkeepPolicy keep;
  keep.undelete_window = days(1000);
  const auto holding = upkeep(store, keep)->holding;
  ASSERT_TRUE(holding);
  EXPECT_EQ(holding->waiting.messages, 2U);
  EXPECT_EQ(holding->waiting.octets, text_of(1).size() + text_of(2).size());
  EXPECT_GT(holding->live_bytes, holding->waiting.octets);
  EXPECT_GT(holding->dead_bytes, text_of(0).size());
  EXPECT_LT(holding->live_bytes + holding->dead_bytes, log_bytes());
  EXPECT_EQ(holding->aside_bytes, 0U);
  EXPECT_EQ(holding->oldest, store.open().value()->info(MessageNumber{1}).arrived);
}

TEST_F(UpkeepTest, CountsWhatWasSetAside) {
  ASSERT_TRUE(store.deliver(text_of(1)));
  ASSERT_TRUE((*disk.open(paths.aside, disk::OpenMode::kCreate))->truncate(77));
  EXPECT_EQ(upkeep(store)->holding->aside_bytes, 77U);
}

TEST_F(UpkeepTest, AMostlyDeadLogIsRewritten) {
  fill(100, {3, 50, 99});
  const std::uint64_t before = log_bytes();
  EXPECT_EQ(reclaim(), before - log_bytes());
  EXPECT_LT(log_bytes(), 5000U);
  for (int round = 0; round < 3; ++round) {
    EXPECT_THAT(store.texts(), ElementsAre(text_of(3), text_of(50), text_of(99)));
    EXPECT_THAT(uids_in(store), ElementsAre(uids[3], uids[50], uids[99]));
    if (round == 1) {
      ASSERT_TRUE(store->close());
    }
    store.reopen();
  }
  EXPECT_EQ(reclaim(), 0U);
  EXPECT_THAT(disk.content(paths.log_new).error().code, Errc::kNotFound);
  EXPECT_THAT(*store->undelete(kAccount, View::kDefault, {}), IsEmpty());
  EXPECT_THAT(*store->list(kAccount, View::kDefault), SizeIs(3));
  EXPECT_THAT(store.damages, IsEmpty());
}

TEST_F(UpkeepTest, AnEmptiedMaildropIsAHeader) {
  fill(3, {});
  EXPECT_GT(reclaim(), 0U);
  EXPECT_EQ(log_bytes(), records_start(kAccount));
  const std::string uid = store.deliver("next\r\n")->uid;
  EXPECT_THAT(uid, ::testing::HasSubstr("-4-"));  // The first three were 1 to 3.
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("next\r\n"));
  EXPECT_EQ(reclaim(), 0U);
}

TEST_F(UpkeepTest, ALogThatIsMostlyAliveIsLeftAlone) {
  fill(200, {});
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(store.deliver(text_of(i)));
  EXPECT_EQ(reclaim(), 0U);
  store.reopen();
  fill(3, {0, 1, 2});
  EXPECT_EQ(reclaim(), 0U);
}

TEST_F(UpkeepTest, TheWindowIsKept) {
  fill(100, {0});
  store.clock_.advance(hours(1));
  end_session(store, {1});
  EXPECT_EQ(reclaim(hours(2)), 0U);
  store.clock_.advance(hours(1));
  EXPECT_GT(reclaim(hours(2)), 0U);  // All but the last one.
  const auto entries = *store->list(kAccount, View::kDefault);
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].deleted_at, store.clock_.now() - hours(1));  // The times are kept.
  EXPECT_THAT(*store->undelete(kAccount, View::kDefault, {}), ElementsAre(uids[0]));
  EXPECT_THAT(store.texts(), ElementsAre(text_of(0)));
  end_session(store, {1});
  store.clock_.advance(hours(2));
  EXPECT_GT(reclaim(hours(2)), 0U);
  EXPECT_EQ(log_bytes(), records_start(kAccount));
}

TEST_F(UpkeepTest, RetrievalsAndTheirTimesAreKept) {
  fill(100, {3, 4});
  end_session(store, {}, {2});
  const WallTime when = store.clock_.now();
  store.clock_.advance(hours(5));
  ASSERT_GT(reclaim(), 0U);
  for (int round = 0; round < 2; ++round) {
    const auto entries = *store->list(kAccount, View::kDefault);
    EXPECT_EQ(entries[0].retrieved_at, std::nullopt);
    EXPECT_EQ(entries[1].retrieved_at, when);
    const std::uint64_t size = log_bytes();
    end_session(store, {}, {2});  // Known already.
    EXPECT_EQ(log_bytes(), size);
    store.reopen();
  }
}

TEST_F(UpkeepTest, WhatAnotherViewHasNotDeletedStays) {
  fill(100, {});
  EXPECT_THAT(store.texts(), IsEmpty());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(store.deliver(text_of(i)));
  {  // View 7 keeps only what came last.
    auto session = store->open(kAccount, View{7});
    std::vector<MessageNumber> all;
    for (std::uint32_t i = 1; i <= 100; ++i) all.push_back(MessageNumber{i});
    ASSERT_TRUE((*session)->commit(end_deleting(all)));
  }
  ASSERT_GT(reclaim(), 0U);
  delete_all();
  EXPECT_EQ(reclaim(), 0U);  // View 7 is remembered, although it has deleted nothing that is there.
  store.reopen();
  EXPECT_EQ(reclaim(), 0U);
  EXPECT_EQ((*store->open(kAccount, View{7}))->count(), 3U);
  end_session(store, {1, 2, 3}, {}, View{7});
  EXPECT_GT(reclaim(), 0U);
  EXPECT_LT(log_bytes(), records_start(kAccount) + 100);
}

TEST_F(UpkeepTest, NoUidIsUsedAgain) {
  ASSERT_TRUE(store.deliver("one\r\n", kAccount, "imported"));
  ASSERT_TRUE(store.deliver("two\r\n", kAccount, "imported-too"));
  ASSERT_TRUE(store.deliver("three\r\n"));
  for (int round = 0; round < 4; ++round) {
    delete_all();
    ASSERT_GT(reclaim(), 0U);
    if (round >= 2) store.reopen();
    EXPECT_EQ(store.deliver("x\r\n", kAccount, "imported").error().code, Errc::kExists);
    EXPECT_EQ(store.deliver("x\r\n", kAccount, "imported-too").error().code, Errc::kExists);
    EXPECT_EQ(store.deliver("x\r\n")->sequence, Sequence{static_cast<std::uint64_t>(4 + round)});
    if (round == 3) {
      ASSERT_TRUE(store->close());
      store.reopen();
      EXPECT_EQ(store.deliver("x\r\n", kAccount, "imported").error().code, Errc::kExists);
    }
  }
}

TEST_F(UpkeepTest, ASessionGoesOnAndCommitsToTheNewLog) {
  fill(100, {3, 50, 99});
  auto session = store.open();
  ASSERT_GT(reclaim(), 0U);
  EXPECT_EQ(store.open().error().code, Errc::kBusy);
  EXPECT_EQ(TestStore(disk).open().error().code, Errc::kBusy);  // For others too.
  ASSERT_TRUE(store.deliver("new\r\n"));
  EXPECT_EQ((*session)->count(), 3U);
  EXPECT_EQ(TestStore::read_text(**session, MessageNumber{2}), text_of(50));
  EXPECT_EQ(TestStore::uid(**session, 2), uids[50]);
  ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{2}})));
  session->reset();
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(store.texts(), ElementsAre(text_of(3), text_of(99), "new\r\n"));
    store.reopen();
  }
}

TEST_F(UpkeepTest, ASessionOfAnotherProcessPutsItOff) {
  fill(100, {3});
  TestStore other(disk);
  auto session = other.open();
  ASSERT_TRUE(session);
  EXPECT_EQ(reclaim(), 0U);
  EXPECT_TRUE(store.deliver("two\r\n"));
  ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
  session->reset();
  EXPECT_GT(reclaim(), 0U);
  EXPECT_THAT(store.texts(), ElementsAre("two\r\n"));
  EXPECT_THAT(other.texts(), ElementsAre("two\r\n"));
}

TEST_F(UpkeepTest, SoDoesOneThatBeginsMeanwhile) {
  fill(100, {3});
  TestStore other(disk);
  Result<std::unique_ptr<Session>> session = Error(Errc::kState);
  const Pace pace = [&](std::uint64_t) {
    if (!session) session = other.open();
    return true;
  };
  EXPECT_EQ(store->upkeep(kAccount, {}, pace)->reclaimed_bytes, 0U);
  ASSERT_TRUE(session);
  EXPECT_FALSE(disk.content(paths.log_new));
  EXPECT_EQ(store.open().error().code, Errc::kBusy);
  ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
  session->reset();
  EXPECT_THAT(store.texts(), IsEmpty());
  EXPECT_GT(reclaim(), 0U);
}

TEST_F(UpkeepTest, WhatComesBackMeanwhileStays) {
  fill(100, {3});
  std::size_t restored = 0;
  const Pace pace = [&](std::uint64_t) {
    if (restored == 0) restored = store->undelete(kAccount, View::kDefault, {})->size();
    return true;
  };
  EXPECT_EQ(store->upkeep(kAccount, {}, pace)->reclaimed_bytes, 0U);
  EXPECT_EQ(restored, 99U);
  EXPECT_THAT(store.texts(), SizeIs(100));
}

TEST_F(UpkeepTest, OneAtATime) {
  fill(100, {3});
  TestStore other(disk);
  const Pace pace = [&](std::uint64_t) {
    EXPECT_EQ(upkeep(other).error().code, Errc::kBusy);
    EXPECT_EQ(other->repair(kAccount, {}).error().code, Errc::kBusy);
    return true;
  };
  EXPECT_GT(store->upkeep(kAccount, {}, pace)->reclaimed_bytes, 0U);
  EXPECT_THAT(store.texts(), ElementsAre(text_of(3)));
}

TEST_F(UpkeepTest, AnotherProcessFollowsToTheNewLog) {
  fill(100, {3, 4});
  TestStore other(disk);
  EXPECT_THAT(other.texts(), SizeIs(2));
  ASSERT_GT(reclaim(), 0U);
  ASSERT_TRUE(other.deliver("from there\r\n"));
  EXPECT_THAT(store.texts(), ElementsAre(text_of(3), text_of(4), "from there\r\n"));
  delete_all();
  ASSERT_GT(reclaim(), 0U);
  EXPECT_THAT(*other->undelete(kAccount, View::kDefault, {}), IsEmpty());
  EXPECT_THAT(other.texts(), IsEmpty());
  ASSERT_GT(upkeep(other)->reclaimed_bytes + 1, 0U);
  EXPECT_TRUE(store.deliver("back\r\n"));
  EXPECT_THAT(other.texts(), ElementsAre("back\r\n"));
}

// The file that a session holds is replaced by hand, say from a backup.
TEST_F(UpkeepTest, ASessionDeletesNothingElseInAFileThatIsAnother) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  const std::string backup = *disk.content(paths.log);
  ASSERT_TRUE(store.deliver("two\r\n"));
  auto session = store.open();
  ASSERT_TRUE(disk.remove(paths.log));
  disk.set_content(paths.log, backup);
  ASSERT_TRUE(store.deliver("not two\r\n"));  // With the same sequence number.
  EXPECT_FALSE((*session)->commit(end_deleting({MessageNumber{2}})));
  EXPECT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
  session->reset();
  EXPECT_THAT(store.texts(), ElementsAre("not two\r\n"));
}

TEST_F(UpkeepTest, AnIndexOfTheOldFileIsNotBelieved) {
  fill(100, {3, 4});
  ASSERT_TRUE(store->close());
  const std::string index = *disk.content(paths.index);
  store.reopen();
  ASSERT_GT(reclaim(), 0U);
  disk.set_content(paths.index, index);
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre(text_of(3), text_of(4)));
}

TEST_F(UpkeepTest, WhatACrashLeftIsTakenAway) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  disk.set_content(paths.log_new, "left over");
  EXPECT_EQ(reclaim(), 0U);
  EXPECT_FALSE(disk.content(paths.log_new));
}

TEST_F(UpkeepTest, PaceIsAskedAndMayStopIt) {
  fill(300, {0, 1, 2});
  std::uint64_t calls = 0;
  std::uint64_t most = 0;
  UpkeepPolicy policy;
  const Pace count = [&](std::uint64_t bytes) {
    ++calls;
    most = std::max(most, bytes);
    return true;
  };
  policy.undelete_window = hours(1);
  ASSERT_TRUE(store->upkeep(kAccount, policy, count));
  EXPECT_GT(calls, 1U);
  EXPECT_LE(most, 256U << 10);
  policy.undelete_window = {};
  for (std::uint64_t stop = 0;; ++stop) {
    std::uint64_t left = stop;
    const auto done = store->upkeep(kAccount, policy, [&](std::uint64_t) { return left-- > 0; });
    if (done) break;
    ASSERT_EQ(done.error().code, Errc::kClosed);
    ASSERT_FALSE(disk.content(paths.log_new));
    ASSERT_THAT(store.texts(), SizeIs(3));
  }
  EXPECT_LT(log_bytes(), 5000U);
  EXPECT_THAT(store.texts(), ElementsAre(text_of(0), text_of(1), text_of(2)));
}

TEST_F(UpkeepTest, DeliveriesDuringARewritingAreInIt) {
  fill(300, {7});
  int next = 300;
  bool committed = false;
  const Pace pace = [&](std::uint64_t) {
    if (next < 310) {
      for (int i = 0; i < 5; ++i) EXPECT_TRUE(store.deliver(text_of(next++)));
    } else if (!committed) {
      committed = true;
      end_session(store, {1}, {2});
      EXPECT_TRUE(store.deliver("last\r\n", kAccount, "imported"));
    }
    return true;
  };
  ASSERT_GT(store->upkeep(kAccount, {}, pace)->reclaimed_bytes, 0U);
  ASSERT_TRUE(committed);
  for (int round = 0; round < 2; ++round) {
    const auto texts = store.texts();
    ASSERT_THAT(texts, SizeIs(11));
    EXPECT_EQ(texts.front(), text_of(300));
    EXPECT_EQ(texts.back(), "last\r\n");
    EXPECT_TRUE(store->list(kAccount, View::kDefault)->at(1).retrieved_at);
    EXPECT_EQ(store.deliver("x\r\n", kAccount, "imported").error().code, Errc::kExists);
    store.reopen();
  }
}

TEST_F(UpkeepTest, RetentionFromArrival) {
  store.clock_.advance(days(1));
  ASSERT_TRUE(store.deliver("old\r\n"));  // Arrived a day ago.
  EXPECT_EQ(expire(Retention::From::kArrival, days(2)), 0U);
  auto session = store.open();
  store.clock_.advance(days(1));
  EXPECT_EQ(expire(Retention::From::kArrival, days(2)), 0U);  // A session is reading it.
  session->reset();
  TestStore other(disk);
  session = other.open();
  EXPECT_EQ(expire(Retention::From::kArrival, days(2)), 0U);
  session->reset();
  EXPECT_EQ(expire(Retention::From::kArrival, days(2)), 1U);
  EXPECT_EQ(expire(Retention::From::kArrival, days(2)), 0U);
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(store.texts(), IsEmpty());
    EXPECT_EQ(store->list(kAccount, View::kDefault)->at(0).deleted_at, store.clock_.now());
    store.reopen();
  }
  EXPECT_THAT(*store->undelete(kAccount, View::kDefault, {}), SizeIs(1));
}

TEST_F(UpkeepTest, RetentionFromRetrieval) {
  fill(4, {0, 1, 2, 3});
  store.clock_.advance(days(10));
  EXPECT_EQ(expire(Retention::From::kRetrieval, days(2)), 0U);
  end_session(store, {}, {2, 3});
  store.clock_.advance(days(1));
  end_session(store, {2}, {1, 3});  // The first time counts.
  EXPECT_EQ(expire(Retention::From::kRetrieval, days(2)), 0U);
  store.clock_.advance(days(1));
  EXPECT_EQ(expire(Retention::From::kRetrieval, days(2)), 1U);
  EXPECT_THAT(store.texts(), ElementsAre(text_of(0), text_of(3)));
  store.clock_.advance(days(1));
  EXPECT_EQ(expire(Retention::From::kRetrieval, days(2)), 1U);
  EXPECT_THAT(store.texts(), ElementsAre(text_of(3)));
}

TEST_F(UpkeepTest, AMaildropThatIsNotThereNeedsNone) {
  EXPECT_EQ(reclaim(), 0U);
  EXPECT_FALSE(disk.content(paths.log));
}

// A damaged message stays what it is, also as the last one of the new file.
TEST_F(UpkeepTest, DamageIsKeptAsItIs) {
  fill(100, {3, 50});
  std::string log = *disk.content(paths.log);
  const std::size_t body = log.find(text_of(50));
  log[body + 100] = '!';
  disk.set_content(paths.log, log);
  ASSERT_GT(reclaim(), 0U);
  ASSERT_THAT(store.damages, SizeIs(1));
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(store.texts(), ElementsAre(text_of(3), "!corrupt"));
    EXPECT_THAT(uids_in(store), ElementsAre(uids[3], uids[50]));
    store.reopen();
  }
  EXPECT_TRUE(store.deliver("next\r\n"));
  EXPECT_THAT(store.texts(), ElementsAre(text_of(3), "!corrupt", "next\r\n"));
}

// A message in memory is not lost with its record, neither is a deletion.
TEST_F(UpkeepTest, WhatMemoryKnowsBetterIsWrittenAgain) {
  fill(100, {3, 50});
  ASSERT_TRUE(store.deliver("last\r\n"));
  std::string log = *disk.content(paths.log);
  const std::size_t body = log.find(text_of(50));
  const std::string lost = log.substr(body - 56, 56);
  log[body - 30] = static_cast<char>(log[body - 30] ^ 1);  // Its header.
  const std::size_t last = log.find("last\r\n") - 56 - 8;  // The deletion's body.
  log[last] = static_cast<char>(log[last] ^ 1);
  disk.set_content(paths.log, log);
  store.clock_.advance(hours(1));
  EXPECT_EQ(reclaim(hours(1)), 0U);  // The deletion counts from now.
  const std::string damaged = *disk.content(paths.log);
  TestStore cold(disk);
  EXPECT_THAT(cold.texts(), SizeIs(100));  // As the log alone says, the deletion is gone.
  store.clock_.advance(hours(1));
  ASSERT_TRUE(store->repair(kAccount, {}));
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(store.texts(), ElementsAre(text_of(3), text_of(50), "last\r\n"));
    EXPECT_THAT(uids_in(store)[1], uids[50]);
    store.reopen();
  }
  EXPECT_THAT(*disk.content(paths.aside),
              ::testing::HasSubstr(std::string(damaged.substr(body - 56, 40))));
}

// The messages that it brought back must not be thrown away because of the damage.
TEST_F(UpkeepTest, WithADamagedUndeletionNothingIsReclaimed) {
  fill(100, {3});
  ASSERT_THAT(*store->undelete(kAccount, View::kDefault, {}), SizeIs(99));
  ASSERT_TRUE(store.deliver("last\r\n"));
  std::string log = *disk.content(paths.log);
  const std::size_t at = log.find("last\r\n") - 56 - 8;  // The undeletion's body.
  log[at] = static_cast<char>(log[at] ^ 1);
  disk.set_content(paths.log, log);
  store.reopen();
  EXPECT_THAT(store.texts(), SizeIs(2));
  EXPECT_EQ(reclaim(), 0U);
  ASSERT_THAT(store->repair(kAccount, {})->set_aside, SizeIs(1));
  EXPECT_THAT(*store->undelete(kAccount, View::kDefault, {}), SizeIs(99));
  EXPECT_THAT(store.texts(), SizeIs(101));
}

// At most twice what is kept after every step, and every message that should be there is.
TEST_F(UpkeepTest, AmplificationIsBounded) {
  std::minstd_rand random(7);                // NOLINT: the same run every time.
  std::map<std::string, std::string> model;  // By uid.
  std::set<std::string> used;
  constexpr auto kWindow = hours(3);
  for (int round = 0; round < 400; ++round) {
    store.clock_.advance(std::chrono::minutes(20));
    for (std::uint64_t i = random() % 8; i > 0; --i) {
      const std::string text = text_of(static_cast<int>(random() % 100000), random() % 20'000);
      const auto receipt = store.deliver(text);
      ASSERT_TRUE(receipt);
      ASSERT_TRUE(used.insert(receipt->uid).second);
      model[receipt->uid] = text;
    }
    if (random() % 3 == 0) {
      auto session = store.open();
      SessionEnd end;
      for (std::uint32_t i = 1; i <= (*session)->count(); ++i) {
        if (random() % 4 == 0) continue;
        end.deleted.push_back(MessageNumber{i});
        model.erase(TestStore::uid(**session, i));
      }
      ASSERT_TRUE((*session)->commit(end));
    }
    if (random() % 10 == 0) store.reopen();
    reclaim(kWindow);
    std::uint64_t kept = 0;
    const auto entries = *store->list(kAccount, View::kDefault);
    for (const auto& entry : entries)
      if (!entry.deleted_at || *entry.deleted_at + kWindow > store.clock_.now())
        kept += entry.info.wire_bytes + 200;
    ASSERT_LE(log_bytes(), 2 * kept + (64U << 10) + 1000) << round;
    auto session = store.open();
    ASSERT_EQ((*session)->count(), model.size()) << round;
    for (std::uint32_t i = 1; i <= (*session)->count(); ++i)
      ASSERT_EQ(TestStore::read_text(**session, MessageNumber{i}, 30'000),
                model.at(TestStore::uid(**session, i)))
          << round;
  }
  EXPECT_THAT(store.damages, IsEmpty());
}

}  // namespace
}  // namespace restante::maildrop::log
