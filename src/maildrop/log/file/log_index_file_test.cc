// The index may be anything at any time; the answers stay the same.
#include "maildrop/log/file/log_index_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk/memory.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;

class LogIndexFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(store.deliver("one\r\n"));
    ASSERT_TRUE(store.deliver("two\r\n", kAccount, "imported"));
    ASSERT_TRUE(store.deliver("three\r\n", kAccount, "deleted"));
    auto session = store.open();
    ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{3}})));
    session->reset();
    ASSERT_TRUE(store->close());
    index = *disk.content(paths.index);
    store.reopen();
  }

  /// All that a session can say, in one string.
  std::string portrait() {
    auto session = store.open();
    if (!session) return session.error().message();
    std::string out = std::to_string((*session)->total_octets());
    for (std::uint32_t i = 1; i <= (*session)->count(); ++i) {
      const MessageInfo& info = (*session)->info(MessageNumber{i});
      out += ' ' + std::to_string(to_number(info.sequence)) + ' ' +
             std::to_string(info.wire_bytes) + ' ' + TestStore::uid(**session, i) + ' ' +
             TestStore::read_text(**session, MessageNumber{i});
    }
    return out;
  }

  disk::MemoryDisk disk;
  TestStore store{disk};
  const LogPaths paths = log_paths("/data", kAccount);
  std::string index;
};

TEST_F(LogIndexFileTest, SaysWhatTheLogSays) {
  const std::string indexed = portrait();
  ASSERT_TRUE(disk.remove(paths.index));
  store.reopen();
  EXPECT_EQ(portrait(), indexed);
}

TEST_F(LogIndexFileTest, SavesReadingTheLog) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(store.deliver(std::string(200'000, 'x')));
  ASSERT_TRUE(store->close());
  store.reopen();
  disk.fail_nothing();
  { auto session = store.open(); }
  const std::uint64_t with_index = disk.calls();
  ASSERT_TRUE(disk.remove(paths.index));
  store.reopen();
  disk.fail_nothing();
  { auto session = store.open(); }
  EXPECT_THAT(disk.calls(), Gt(with_index + 20));
}

TEST_F(LogIndexFileTest, EveryByteFlippedAndEveryCut) {
  const std::string expected = portrait();
  for (std::size_t at = 0; at < index.size(); ++at) {
    std::string damaged = index;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x21);
    disk.set_content(paths.index, damaged);
    store.reopen();
    ASSERT_EQ(portrait(), expected) << at;
    disk.set_content(paths.index, index.substr(0, at));
    store.reopen();
    ASSERT_EQ(portrait(), expected) << at;
  }
}

TEST_F(LogIndexFileTest, AnOldOneIsCompletedFromTheLog) {
  ASSERT_TRUE(store.deliver("four\r\n"));
  {
    auto session = store.open();
    ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
  }
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("two\r\n", "four\r\n"));
  EXPECT_EQ(store.deliver("x", kAccount, "imported").error().code, Errc::kExists);
  EXPECT_EQ(store.deliver("x", kAccount, "deleted").error().code, Errc::kExists);
}

TEST_F(LogIndexFileTest, AnotherLogsIsNotBelieved) {
  ASSERT_TRUE(disk.remove(paths.log));
  store.reopen();
  EXPECT_THAT(store.texts(), IsEmpty());
  ASSERT_TRUE(store.deliver("new\r\n"));
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("new\r\n"));
}

TEST_F(LogIndexFileTest, OneOfAnotherFileOfTheSameMaildropIsNotBelieved) {
  auto header = decode_log_header(as_bytes(*disk.content(paths.log)), kAccount);
  ASSERT_TRUE(header);
  EXPECT_TRUE(decode_index(as_bytes(index), *header));
  ++header->generation;
  EXPECT_FALSE(decode_index(as_bytes(index), *header));
}

TEST_F(LogIndexFileTest, OneThatIsAheadOfTheLogIsNotBelieved) {
  const std::string log = *disk.content(paths.log);
  ASSERT_TRUE(store.deliver("four\r\n"));
  ASSERT_TRUE(store->close());
  disk.set_content(paths.log, log);  // As after restoring a backup without the index.
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "two\r\n"));
  // Longer again than the index covers, but with another record in that place.
  ASSERT_TRUE(store.deliver("not four\r\n"));
  ASSERT_TRUE(store.deliver("five\r\n"));
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "two\r\n", "not four\r\n", "five\r\n"));
}

TEST_F(LogIndexFileTest, OneOfAnotherRecordOfTheSameSizeIsNotBelieved) {
  const std::string log = *disk.content(paths.log);
  ASSERT_TRUE(store.deliver("four\r\n"));
  ASSERT_TRUE(store->close());
  disk.set_content(paths.log, log);
  const std::string ahead = *disk.content(paths.index);
  (void)disk.remove(paths.index);
  store.reopen();
  ASSERT_TRUE(store.deliver("vier\r\n"));
  disk.set_content(paths.index, ahead);
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "two\r\n", "vier\r\n"));
}

TEST_F(LogIndexFileTest, IsWrittenWhenTheMaildropLeavesMemory) {
  ASSERT_TRUE(disk.remove(paths.index));
  store.settings().idle_maildrops_max = 1;
  store.reopen();
  const std::string expected = portrait();
  { auto session = store.open("bob@example.test"); }
  EXPECT_EQ(*disk.content(paths.index), index);
  EXPECT_EQ(portrait(), expected);
}

TEST_F(LogIndexFileTest, IsWrittenWhenMemoryIsShort) {
  ASSERT_TRUE(disk.remove(paths.index));
  store.settings().idle_bytes_max = 64;
  store.reopen();
  const std::string expected = portrait();
  { auto session = store.open("bob@example.test"); }
  EXPECT_EQ(*disk.content(paths.index), index);
  EXPECT_EQ(portrait(), expected);
}

TEST_F(LogIndexFileTest, WhatTheIndexBroughtIntoMemoryCountsThere) {
  store.settings().idle_bytes_max = 64;
  store.reopen();
  { auto session = store.open(); }
  EXPECT_TRUE(store->open_cached(kAccount, View::kDefault)) << "while it is the only one";
  { auto other = store.open("bob@example.test"); }
  EXPECT_FALSE(store->open_cached(kAccount, View::kDefault));
}

TEST_F(LogIndexFileTest, AMaildropInUseStaysInMemory) {
  store.settings().idle_maildrops_max = 1;
  store.reopen();
  auto session = store.open();
  { auto other = store.open("bob@example.test"); }
  { auto other = store.open("carol@example.test"); }
  EXPECT_EQ(store.open().error().code, Errc::kBusy);
  EXPECT_EQ(TestStore::read_text(**session, MessageNumber{1}), "one\r\n");
  ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
}

TEST_F(LogIndexFileTest, ADiskThatRefusesItCostsNothingElse) {
  const std::string expected = portrait();
  for (std::uint64_t point = 0; point < 4; ++point) {
    ASSERT_TRUE(store.deliver("more\r\n"));
    disk.fail_at(point, disk::Fault::kShortWrite);
    (void)store->close();
    disk.fail_nothing();
    store.reopen();
    ASSERT_TRUE(portrait().ends_with("more\r\n"));
  }
}

// On a full disk each maildrop left an empty one, for good.
TEST_F(LogIndexFileTest, AFailedWriteLeavesNoFile) {
  for (std::uint64_t point = 0;; ++point) {
    ASSERT_TRUE(store.deliver("more\r\n"));
    disk.fail_at(point, disk::Fault::kFull);
    (void)store->close();
    const bool done = !disk.fault_reached();
    disk.fail_nothing();
    ASSERT_FALSE(disk.content(paths.index_new)) << point;
    store.reopen();
    if (done) return;
  }
}

// What a crash left goes with the next upkeep.
TEST_F(LogIndexFileTest, UpkeepTakesALeftoverAway) {
  disk.set_content(paths.index_new, "");
  ASSERT_TRUE(store->upkeep(kAccount, {}, {}));
  EXPECT_FALSE(disk.content(paths.index_new));
}

}  // namespace
}  // namespace restante::maildrop::log
