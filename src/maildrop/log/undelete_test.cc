// Quotas, what waits, which accounts there are; what a session leaves behind, and getting it back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk/memory.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class UndeleteTest : public ::testing::Test {
 protected:
  void deliver(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) uids.push_back(store.deliver(text)->uid);
  }
  Status end_session(const std::vector<std::uint32_t>& deleted,
                     const std::vector<std::uint32_t>& retrieved = {}) {
    auto session = store.open();
    if (!session) return session.error();
    SessionEnd end;
    for (const auto number : deleted) end.deleted.push_back(MessageNumber{number});
    for (const auto number : retrieved) end.retrieved.push_back(MessageNumber{number});
    return (*session)->commit(end);
  }
  std::vector<Store::Entry> list() { return *store->list(kAccount, View::kDefault); }

  disk::MemoryDisk disk;
  TestStore store{disk};
  std::vector<std::string> uids;
};

TEST_F(UndeleteTest, BringsThemBackInTheirPlacesWithTheirUids) {
  deliver({"one\r\n", "two\r\n", "three\r\n", "four\r\n"});
  ASSERT_TRUE(end_session({2}));
  ASSERT_TRUE(end_session({1, 3}));
  EXPECT_THAT(store.texts(), ElementsAre("three\r\n"));
  const auto back = store->undelete(kAccount, View::kDefault, {});
  ASSERT_TRUE(back);
  EXPECT_THAT(*back, ElementsAre(uids[0], uids[1], uids[3]));
  for (int round = 0; round < 3; ++round) {
    EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "two\r\n", "three\r\n", "four\r\n"));
    auto session = store.open();
    for (std::uint32_t i = 1; i <= 4; ++i) EXPECT_EQ(TestStore::uid(**session, i), uids[i - 1]);
    session->reset();
    if (round == 1) {
      ASSERT_TRUE(store->close());
    }
    store.reopen();
  }
  EXPECT_THAT(*store->undelete(kAccount, View::kDefault, {}), IsEmpty());
  ASSERT_TRUE(end_session({2}));
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "three\r\n", "four\r\n"));
}

TEST_F(UndeleteTest, ByTimeAndByUid) {
  deliver({"one\r\n", "two\r\n", "three\r\n"});
  ASSERT_TRUE(end_session({1}));
  store.clock_.advance(hours(1));
  const WallTime since = store.clock_.now();
  ASSERT_TRUE(end_session({1, 2}));
  UndeleteRequest request;
  request.since = since + hours(1);
  EXPECT_THAT(*store->undelete(kAccount, View::kDefault, request), IsEmpty());
  request.since = since;
  request.uids = {uids[0], uids[2]};
  EXPECT_THAT(*store->undelete(kAccount, View::kDefault, request), ElementsAre(uids[2]));
  request.uids.clear();
  EXPECT_THAT(*store->undelete(kAccount, View::kDefault, request), ElementsAre(uids[1]));
  EXPECT_THAT(store.texts(), ElementsAre("two\r\n", "three\r\n"));
  EXPECT_THAT(*store->undelete("nobody@example.test", View::kDefault, {}), IsEmpty());
}

TEST_F(UndeleteTest, ASessionDoesNotSeeItAndCommitsRightly) {
  deliver({"one\r\n", "two\r\n", "three\r\n"});
  ASSERT_TRUE(end_session({1}));
  auto session = store.open();
  TestStore tool(disk);
  EXPECT_THAT(*tool->undelete(kAccount, View::kDefault, {}), ElementsAre(uids[0]));
  EXPECT_EQ((*session)->count(), 2U);
  ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
  session->reset();
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "three\r\n"));
  EXPECT_THAT(tool.texts(), ElementsAre("one\r\n", "three\r\n"));
}

TEST_F(UndeleteTest, OtherViewsStayAsTheyAre) {
  deliver({"one\r\n", "two\r\n"});
  for (const View view : {View::kDefault, View{7}}) {
    auto session = store->open(kAccount, view);
    ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
  }
  EXPECT_THAT(*store->undelete(kAccount, View{7}, {}), ElementsAre(uids[0]));
  EXPECT_THAT(store.texts(), ElementsAre("two\r\n"));
  EXPECT_EQ((*store->open(kAccount, View{7}))->count(), 2U);
}

TEST_F(UndeleteTest, ListTellsTheTimes) {
  deliver({"one\r\n", "two\r\n", "three\r\n"});
  const WallTime first = store.clock_.now();
  ASSERT_TRUE(end_session({1}, {1, 2}));
  store.clock_.advance(hours(1));
  ASSERT_TRUE(end_session({1}, {1, 2}));
  for (int round = 0; round < 2; ++round) {
    const auto entries = list();
    ASSERT_THAT(entries, SizeIs(3));
    EXPECT_EQ(entries[0].deleted_at, first);
    EXPECT_EQ(entries[1].deleted_at, first + hours(1));
    EXPECT_EQ(entries[2].deleted_at, std::nullopt);
    EXPECT_EQ(entries[0].retrieved_at, first);
    EXPECT_EQ(entries[1].retrieved_at, first);
    EXPECT_EQ(entries[2].retrieved_at, first + hours(1));
    store.reopen();
  }
}

// A retrieval that is recorded already costs nothing again, after a start with an index and
// without.
TEST_F(UndeleteTest, ARetrievalIsRecordedOnce) {
  const LogPaths paths = log_paths("/data", kAccount);
  deliver({"one\r\n", "two\r\n"});
  ASSERT_TRUE(end_session({}, {1}));
  const std::string log = *disk.content(paths.log);
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(end_session({}, {1}));
    EXPECT_EQ(*disk.content(paths.log), log);
    if (round == 0) {
      ASSERT_TRUE(store->close());
    }
    if (round == 1) {
      ASSERT_TRUE(disk.remove(paths.index));
    }
    store.reopen();
  }
  disk.fail_nothing();
  ASSERT_TRUE(end_session({1}, {1, 2}));
  EXPECT_EQ(disk.syncs(), 2U);  // One for what a dead process may have left, one for this.
  EXPECT_THAT(store.texts(), ElementsAre("two\r\n"));
}

TEST_F(UndeleteTest, AQuotaRefusesWhatWouldGoBeyondIt) {
  const auto deliver_within = [&](std::uint64_t messages, std::uint64_t octets) {
    TextSource source("12345678");
    NewMessage message("", source, 8);
    message.quota = {messages, octets};
    return store->deliver(kAccount, message);
  };
  EXPECT_EQ(deliver_within(0, 7).error().code, Errc::kLimit);
  const auto first = deliver_within(2, 16);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->before.messages, 0U);
  const auto second = deliver_within(2, 16);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->before.messages, 1U);
  EXPECT_EQ(second->before.octets, 8U);
  EXPECT_EQ(deliver_within(2, 0).error().code, Errc::kLimit);
  EXPECT_EQ(deliver_within(0, 23).error().code, Errc::kLimit);
  EXPECT_THAT(store.texts(), SizeIs(2));
  TestStore other(disk);  // Another process's mail counts.
  ASSERT_TRUE(end_session({1, 2}));
  ASSERT_TRUE(other.deliver("x"));
  EXPECT_EQ(deliver_within(1, 0).error().code, Errc::kLimit);
  EXPECT_TRUE(deliver_within(2, 9));
}

TEST_F(UndeleteTest, UsageIsWhatWaits) {
  EXPECT_FALSE(store->usage_cached(kAccount));
  EXPECT_EQ(store->usage(kAccount)->messages, 0U);
  EXPECT_FALSE(disk.content(log_paths("/data", kAccount).log));
  deliver({"one\r\n", "three\r\n"});
  TestStore other(disk);
  for (TestStore* each : {&store, &other}) {
    EXPECT_EQ((*each)->usage(kAccount)->messages, 2U);
    EXPECT_EQ((*each)->usage(kAccount)->octets, 12U);
  }
  EXPECT_EQ(other->usage_cached(kAccount)->octets, 12U);
  ASSERT_TRUE(end_session({2}));
  EXPECT_FALSE(other->usage_cached(kAccount)) << "what another process did has to be read";
  EXPECT_EQ(other->usage(kAccount)->octets, 5U);
  EXPECT_EQ(other->usage_cached(kAccount)->messages, 1U);
}

TEST_F(UndeleteTest, TheAccountsAreFound) {
  EXPECT_THAT(*store->accounts(), IsEmpty());
  const std::string strange = "A b/%\xff@example.test";
  const std::string long_name = std::string(250, 'a') + "@example.test";
  for (const std::string& account : {std::string(kAccount), strange, long_name})
    ASSERT_TRUE(store.deliver("x\r\n", account));
  const std::string folder = log_paths("/data", kAccount).directory;
  disk.set_content(folder + "/other@example.test.log", "in the wrong place");
  disk.set_content(folder + "/x%zz.log", "no name");
  disk.set_content("/data/maildrops/file", "no directory");
  EXPECT_THAT(*store->accounts(), UnorderedElementsAre(kAccount, strange, long_name));
  std::string damaged = *disk.content(log_paths("/data", long_name).log);
  damaged[20] = static_cast<char>(damaged[20] ^ 1);  // The second copy of the header knows it.
  disk.set_content(log_paths("/data", long_name).log, damaged);
  EXPECT_THAT(*store->accounts(), UnorderedElementsAre(kAccount, strange, long_name));
}

}  // namespace
}  // namespace restante::maildrop::log
