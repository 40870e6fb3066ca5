// Repair: what is damaged is taken out and kept beside the log, and nothing else changes.
#include "maildrop/log/drop/rewriter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk/memory.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/format/record_format.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RepairTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* text : {"one\r\n", "two\r\n", "three\r\n", "four\r\n", "five\r\n"})
      uids.push_back(store.deliver(text)->uid);
    auto session = store.open();
    ASSERT_TRUE((*session)->commit({{MessageNumber{2}}, {MessageNumber{3}}}));
    session->reset();
    uids.push_back(store.deliver("six\r\n", kAccount, "imported")->uid);
    ASSERT_TRUE(store.deliver("seven\r\n"));
    log = *disk.content(paths.log);
  }
  void damage(std::size_t at) {
    log[at] = static_cast<char>(log[at] ^ 0x40);
    disk.set_content(paths.log, log);
  }
  /// As no process of ours does it, but a disk that forgets and remembers can.
  void append(std::uint64_t number, const std::string& text) {
    log.resize(align(log.size()));
    RecordHeader header;
    header.type = RecordType::kMessage;
    header.key = number;
    header.octets = header.body_bytes = text.size();
    header.body_checksum = checksum(as_bytes(text));
    const std::uint64_t seed = decode_log_header(as_bytes(log), kAccount)->seed;
    log += encode_record_header(header, seed, log.size()) + text;
    disk.set_content(paths.log, log);
  }
  std::size_t body(const std::string& text) { return log.find(text); }
  RepairReport repair() {
    auto report = store->repair(kAccount, {});
    EXPECT_TRUE(report) << report.error().message();
    return report ? *report : RepairReport{};
  }
  std::string aside() {
    const auto content = disk.content(paths.aside);
    return content ? *content : std::string();
  }

  disk::MemoryDisk disk;
  TestStore store{disk};
  const LogPaths paths = log_paths("/data", kAccount);
  std::vector<std::string> uids;
  std::string log;
};

TEST_F(RepairTest, AWholeMaildropIsLeftAlone) {
  EXPECT_THAT(repair().set_aside, IsEmpty());
  EXPECT_EQ(*disk.content(paths.log), log);
  EXPECT_THAT(store->repair("nobody@example.test", {})->set_aside, IsEmpty());
}

TEST_F(RepairTest, ADamagedMessage) {
  damage(body("six"));
  const std::string record = log.substr(body("\x33ix") - 64, 69);
  const auto report = repair();
  ASSERT_THAT(report.set_aside, SizeIs(1));
  EXPECT_EQ(report.set_aside[0].sequence, Sequence{6});
  EXPECT_EQ(report.set_aside[0].uid, "imported");
  EXPECT_EQ(report.set_aside[0].bytes, 56U + 8U + 5U);
  EXPECT_THAT(aside(), HasSubstr("\x33ix\r\n"));
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(store.texts(),
                ElementsAre("one\r\n", "three\r\n", "four\r\n", "five\r\n", "seven\r\n"));
    EXPECT_EQ(store.deliver("x", kAccount, "imported").error().code, Errc::kExists);
    EXPECT_THAT(repair().set_aside, IsEmpty());
    store.reopen();
  }
  // Deleted mail and what is known of it are as before.
  const auto entries = *store->list(kAccount, View::kDefault);
  EXPECT_TRUE(entries[1].deleted_at);
  EXPECT_TRUE(entries[2].retrieved_at);
  EXPECT_THAT(*store->undelete(kAccount, View::kDefault, {}), ElementsAre(uids[1]));
}

TEST_F(RepairTest, ALostHeaderInAColdMaildrop) {
  damage(body("four") - 20);
  store.reopen();
  const auto report = repair();
  ASSERT_THAT(report.set_aside, SizeIs(1));
  EXPECT_EQ(report.set_aside[0].offset, body("four") - 56);
  EXPECT_EQ(report.set_aside[0].sequence, std::nullopt);
  EXPECT_THAT(aside(), HasSubstr("four\r\n"));
  EXPECT_THAT(store.texts(),
              ElementsAre("one\r\n", "three\r\n", "five\r\n", "six\r\n", "seven\r\n"));
}

TEST_F(RepairTest, ALostHeaderThatMemoryKnows) {
  damage(body("four") - 20);
  EXPECT_THAT(repair().set_aside, SizeIs(1));
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "three\r\n", "four\r\n", "five\r\n",
                                           "six\r\n", "seven\r\n"));
    auto session = store.open();
    EXPECT_EQ(TestStore::uid(**session, 3), uids[3]);
    session->reset();
    store.reopen();
  }
}

// As the last record it could pass for a torn append; memory knows that it is none.
TEST_F(RepairTest, ADamagedLastMessage) {
  damage(body("seven"));
  const auto report = repair();
  ASSERT_THAT(report.set_aside, SizeIs(1));
  EXPECT_THAT(aside(), HasSubstr("\x33"
                                 "even\r\n"));
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(store.texts(),
                ElementsAre("one\r\n", "three\r\n", "four\r\n", "five\r\n", "six\r\n"));
    store.reopen();
  }
  EXPECT_EQ(store.deliver("next\r\n")->sequence, Sequence{8});
}

TEST_F(RepairTest, ANumberThatWasGivenTwice) {
  append(20, "high\r\n");
  append(8, "low\r\n");
  append(8, "low too\r\n");
  damage(body("low"));
  store.reopen();
  EXPECT_THAT(store.texts(), SizeIs(9));
  EXPECT_THAT(repair().set_aside, SizeIs(1));
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "three\r\n", "four\r\n", "five\r\n",
                                           "six\r\n", "seven\r\n", "high\r\n", "low too\r\n"));
    store.reopen();
  }
}

TEST_F(RepairTest, ADamagedDeletion) {
  damage(body("five") + 8 + 56);
  store.reopen();
  EXPECT_THAT(store.texts(), SizeIs(7));  // Back already.
  const auto report = repair();
  ASSERT_THAT(report.set_aside, SizeIs(1));
  EXPECT_THAT(report.set_aside[0].what, HasSubstr("retrieval"));
  EXPECT_THAT(store.texts(), SizeIs(7));
  EXPECT_THAT(repair().set_aside, IsEmpty());
}

TEST_F(RepairTest, EitherCopyOfTheHeader) {
  const std::size_t copy = log_header_bytes(kAccount);
  for (const std::size_t at : {std::size_t{30}, copy + 30}) {
    log = *disk.content(paths.log);
    damage(at);
    store.reopen();
    const auto report = repair();
    ASSERT_THAT(report.set_aside, SizeIs(1)) << at;
    EXPECT_EQ(report.set_aside[0].bytes, copy);
    EXPECT_THAT(store.texts(), SizeIs(6));
    EXPECT_THAT(repair().set_aside, IsEmpty());
  }
}

TEST_F(RepairTest, NotWhileAnotherProcessReads) {
  damage(body("six"));
  TestStore other(disk);
  auto session = other.open();
  EXPECT_EQ(store->repair(kAccount, {}).error().code, Errc::kBusy);
  session->reset();
  session = store.open();  // Its own sessions go on.
  EXPECT_THAT(repair().set_aside, SizeIs(1));
  EXPECT_EQ(TestStore::read_text(**session, MessageNumber{1}), "one\r\n");
  EXPECT_EQ(TestStore::read_text(**session, MessageNumber{5}), "!corrupt");
  ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}, MessageNumber{5}})));
  session->reset();
  EXPECT_THAT(other.texts(), ElementsAre("three\r\n", "four\r\n", "five\r\n", "seven\r\n"));
}

TEST_F(RepairTest, WhereNothingCanBeBelievedNothingIsDone) {
  damage(30);
  damage(log_header_bytes(kAccount) + 30);
  store.reopen();
  EXPECT_EQ(store->repair(kAccount, {}).error().code, Errc::kCorrupt);
  EXPECT_EQ(*disk.content(paths.log), log);
}

}  // namespace
}  // namespace restante::maildrop::log
