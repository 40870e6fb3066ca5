// What the store promises on a disk that works: delivery, snapshot, deletion, restart.
#include "maildrop/log/log_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk/memory.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LogStoreTest : public ::testing::Test {
 protected:
  disk::MemoryDisk disk;
  TestStore store{disk};
};

TEST_F(LogStoreTest, AMaildropThatNeverHadMailOpensEmpty) {
  EXPECT_THAT(store.texts(), IsEmpty());
  EXPECT_THAT(*store->list("nobody@example.test", View::kDefault), IsEmpty());
  EXPECT_FALSE(disk.content(log_paths("/data", "nobody@example.test").log));
}

TEST_F(LogStoreTest, MailComesBackByteForByteAndInOrder) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  ASSERT_TRUE(store.deliver(std::string("\0..two\xff\r\n", 9)));
  ASSERT_TRUE(store.deliver("three\r\n"));
  const auto expected = ElementsAre("one\r\n", std::string("\0..two\xff\r\n", 9), "three\r\n");
  EXPECT_THAT(store.texts(), expected);
  store.reopen();
  EXPECT_THAT(store.texts(), expected);
}

TEST_F(LogStoreTest, KeepsWhatIsKnownOfAMessage) {
  TextSource source("body\r\n");
  NewMessage message("Received: x\r\n", source, 18);
  message.arrived = WallTime(std::chrono::milliseconds(1234567890123));
  message.flags.utf8_header = true;
  const auto receipt = store->deliver(kAccount, message);
  ASSERT_TRUE(receipt);
  for (int round = 0; round < 2; ++round) {
    auto session = store.open();
    ASSERT_TRUE(session);
    const MessageInfo& info = (*session)->info(MessageNumber{1});
    EXPECT_EQ(info.sequence, Sequence{1});
    EXPECT_EQ(info.octets, 18U);
    EXPECT_EQ(info.wire_bytes, 19U);
    EXPECT_EQ(info.arrived, message.arrived);
    EXPECT_TRUE(info.flags.utf8_header);
    EXPECT_EQ(info.wire_checksum, checksum(as_bytes("Received: x\r\nbody\r\n")));
    EXPECT_EQ(TestStore::uid(**session, 1), receipt->uid);
    EXPECT_EQ((*session)->total_octets(), 18U);
    session->reset();
    store.reopen();
  }
}

TEST_F(LogStoreTest, ASessionIsASnapshot) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  auto session = store.open();
  ASSERT_TRUE(store.deliver("two\r\n"));
  EXPECT_EQ((*session)->count(), 1U);
  ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
  EXPECT_EQ((*session)->count(), 1U);
  EXPECT_EQ(TestStore::read_text(**session, MessageNumber{1}), "one\r\n");
  session->reset();
  EXPECT_THAT(store.texts(), ElementsAre("two\r\n"));
}

TEST_F(LogStoreTest, DeletionsStayAndUidsStayWithTheirMessages) {
  std::vector<std::string> uids;
  for (const char* text : {"one\r\n", "two\r\n", "three\r\n", "four\r\n"})
    uids.push_back(store.deliver(text)->uid);
  {
    auto session = store.open();
    ASSERT_TRUE(
        (*session)->commit(end_deleting({MessageNumber{3}, MessageNumber{1}, MessageNumber{3}})));
  }
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(store.texts(), ElementsAre("two\r\n", "four\r\n"));
    auto session = store.open();
    EXPECT_EQ(TestStore::uid(**session, 1), uids[1]);
    EXPECT_EQ(TestStore::uid(**session, 2), uids[3]);
    EXPECT_EQ((*session)->total_octets(), 11U);
    session->reset();
    store.reopen();
  }
}

TEST_F(LogStoreTest, ASessionThatIsDroppedDeletesNothing) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  { auto session = store.open(); }
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n"));
}

TEST_F(LogStoreTest, OneSessionAViewAndItsLockIsFreedAtOnce) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  auto first = store.open();
  ASSERT_TRUE(first);
  EXPECT_EQ(store.open().error().code, Errc::kBusy);
  auto cached = store->open_cached(kAccount, View::kDefault);
  ASSERT_TRUE(cached);
  EXPECT_EQ(cached->error().code, Errc::kBusy);
  EXPECT_TRUE(store->open(kAccount, View{1}));
  first->reset();
  EXPECT_TRUE(store.open());
}

TEST_F(LogStoreTest, ViewsDeleteForThemselves) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  ASSERT_TRUE(store.deliver("two\r\n"));
  const View phone{7};
  {
    auto session = store->open(kAccount, phone);
    ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
  }
  EXPECT_THAT(store.texts(), SizeIs(2));
  for (int round = 0; round < 2; ++round) {
    auto session = store->open(kAccount, phone);
    ASSERT_TRUE(session);
    EXPECT_EQ((*session)->count(), 1U);
    EXPECT_EQ(TestStore::read_text(**session, MessageNumber{1}), "two\r\n");
    session->reset();
    store.reopen();
  }
}

TEST_F(LogStoreTest, OpenCachedWantsALoadedAndCurrentMaildrop) {
  EXPECT_FALSE(store->open_cached(kAccount, View::kDefault));
  ASSERT_TRUE(store.deliver("one\r\n"));
  {
    auto session = store->open_cached(kAccount, View::kDefault);
    ASSERT_TRUE(session && *session);
    EXPECT_EQ((**session)->count(), 1U);
  }
  TestStore other(disk);
  ASSERT_TRUE(other.deliver("two\r\n"));
  EXPECT_FALSE(store->open_cached(kAccount, View::kDefault));
  EXPECT_THAT(store.texts(), SizeIs(2));
  EXPECT_TRUE(store->open_cached(kAccount, View::kDefault));
}

TEST_F(LogStoreTest, AWarmStartAsksTheDiskThreeThings) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  { auto session = store.open(); }
  disk.fail_nothing();
  { auto session = store.open(); }
  EXPECT_LE(disk.calls(), 2U);  // Lock and status; giving the lock back is the third.
}

TEST_F(LogStoreTest, ADeliveryAndACommitSyncOnce) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  disk.fail_nothing();
  ASSERT_TRUE(store.deliver("two\r\n"));
  EXPECT_EQ(disk.syncs(), 1U);
  auto session = store.open();
  disk.fail_nothing();
  ASSERT_TRUE((*session)->commit({}));
  EXPECT_EQ(disk.calls(), 0U);
  ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{2}})));
  EXPECT_EQ(disk.syncs(), 1U);
}

TEST_F(LogStoreTest, AnImportedUidIsKeptAndTakenOnlyOnce) {
  ASSERT_EQ(store.deliver("one\r\n", kAccount, "<old!uid>")->uid, "<old!uid>");
  const std::string derived = store.deliver("two\r\n")->uid;
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(store.deliver("x\r\n", kAccount, "<old!uid>").error().code, Errc::kExists);
    EXPECT_EQ(store.deliver("x\r\n", kAccount, derived).error().code, Errc::kSyntax)
        << "the maildrop makes such ids itself";
    auto session = store.open();
    EXPECT_EQ(TestStore::uid(**session, 1), round < 2 ? "<old!uid>" : derived);
    if (round == 1) {
      ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
    }
    session->reset();
    ASSERT_TRUE(store->close());
    store.reopen();
  }
}

TEST_F(LogStoreTest, RefusesUidsThatUidlCouldNotSay) {
  for (const std::string& uid : {std::string(), std::string(71, 'x'), std::string("a b"),
                                 std::string("a\x7f"), std::string("\xc3\xa4")})
    EXPECT_EQ(store.deliver("x\r\n", kAccount, uid).error().code, Errc::kSyntax) << uid;
  EXPECT_TRUE(store.deliver("x\r\n", kAccount, std::string(70, '~')));
}

TEST_F(LogStoreTest, ListKnowsTheDeletedToo) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  const std::string uid = store.deliver("two\r\n")->uid;
  auto session = store.open();
  ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
  TestStore tool(disk);  // Beside a session.
  const auto entries = tool->list(kAccount, View::kDefault);
  ASSERT_TRUE(entries);
  ASSERT_THAT(*entries, SizeIs(2));
  EXPECT_TRUE((*entries)[0].deleted);
  EXPECT_FALSE((*entries)[1].deleted);
  EXPECT_EQ((*entries)[1].uid, uid);
}

TEST_F(LogStoreTest, MaildropsDoNotMix) {
  ASSERT_TRUE(store.deliver("a\r\n", "a@example.test"));
  ASSERT_TRUE(store.deliver("b\r\n", "b@example.test"));
  EXPECT_THAT(store.texts("a@example.test"), ElementsAre("a\r\n"));
  EXPECT_THAT(store.texts("b@example.test"), ElementsAre("b\r\n"));
}

TEST_F(LogStoreTest, ReadsInPiecesOfAnySize) {
  const std::string small = std::string(5000, 's') + "\r\n";
  const std::string large = std::string(200'000, 'l') + "\r\n";
  ASSERT_TRUE(store.deliver(small));
  ASSERT_TRUE(store.deliver(large));
  auto session = store.open();
  for (const std::size_t piece : {1U, 7U, 4096U, 65536U, 1'000'000U}) {
    EXPECT_EQ(TestStore::read_text(**session, MessageNumber{1}, piece), small);
    EXPECT_EQ(TestStore::read_text(**session, MessageNumber{2}, piece + 1000), large);
  }
}

TEST_F(LogStoreTest, ReadCachedNeverTouchesTheDisk) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  auto session = store.open();
  auto reader = (*session)->read(MessageNumber{1});
  disk.fail_nothing();
  disk.set_cached(false);
  std::array<std::byte, 64> buffer{};
  EXPECT_FALSE((*reader)->read_cached(buffer));
  disk.set_cached(true);
  EXPECT_EQ(*(*reader)->read_cached(buffer), 5U);
  EXPECT_EQ(*(*reader)->read_cached(buffer), 0U);
  EXPECT_EQ(disk.calls(), 0U);
}

TEST_F(LogStoreTest, ASourceThatFailsDeliversNothing) {
  for (const std::size_t size : {100U, 1'000'000U}) {
    TextSource source(std::string(size, 'x'));
    source.fail_from(size / 2);
    EXPECT_EQ(store->deliver(kAccount, NewMessage("", source, size)).error().code, Errc::kIo);
    ASSERT_TRUE(store.deliver("good\r\n"));
  }
  EXPECT_THAT(store.texts(), ElementsAre("good\r\n", "good\r\n"));
}

TEST_F(LogStoreTest, AReplacedLogIsNoticedBeforeMailIsLostInTheOldOne) {
  ASSERT_TRUE(store.deliver("one\r\n"));
  const LogPaths paths = log_paths("/data", kAccount);
  const std::string backup = *disk.content(paths.log);
  ASSERT_TRUE(store.deliver("two\r\n"));
  ASSERT_TRUE(disk.remove(paths.log));
  disk.set_content(paths.log, backup);
  ASSERT_TRUE(store.deliver("three\r\n"));
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "three\r\n"));
}

}  // namespace
}  // namespace restante::maildrop::log
