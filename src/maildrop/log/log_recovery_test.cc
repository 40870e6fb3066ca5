// What a start finds after damage: every cut, a damaged header, a damaged body, a forged record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "disk/memory.h"
#include "maildrop/log/file/log_index_file.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/format/log_scanner.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class LogRecoveryTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string log() const { return *disk.content(paths.log); }
  [[nodiscard]] std::string aside() const { return disk.content(paths.aside).value_or(""); }
  void set_log(const std::string& content) { disk.set_content(paths.log, content); }

  /// Delivers, and returns where the log ended before and ends now.
  std::pair<std::size_t, std::size_t> deliver(const std::string& text) {
    const std::size_t before = disk.content(paths.log).value_or("").size();
    EXPECT_TRUE(store.deliver(text));
    return {before, log().size()};
  }

  [[nodiscard]] LogHeader header() const { return *decode_log_header(as_bytes(log()), kAccount); }

  disk::MemoryDisk disk;
  TestStore store{disk};
  const LogPaths paths = log_paths("/data", kAccount);
};

TEST_F(LogRecoveryTest, ATornTailIsCutAtEveryByteAndKeptAside) {
  std::vector<std::size_t> ends;
  const std::vector<std::string> texts = {"one\r\n", "two two\r\n", "three three three\r\n"};
  for (const std::string& text : texts) ends.push_back(deliver(text).second);
  const std::string whole = log();
  for (std::size_t cut = records_start(kAccount); cut < whole.size(); ++cut) {
    set_log(whole.substr(0, cut));
    disk.set_content(paths.aside, "");
    std::vector<std::string> expected;
    std::size_t whole_end = records_start(kAccount);
    for (std::size_t i = 0; i < texts.size() && ends[i] <= cut; ++i) {
      expected.push_back(texts[i]);
      whole_end = ends[i];
    }
    store.reopen();
    ASSERT_EQ(store.texts(), expected) << cut;
    ASSERT_EQ(log(), whole.substr(0, whole_end)) << cut;
    // Padding alone is zeros, and holds nothing to keep.
    if (cut >= align(whole_end) + 1) {
      ASSERT_THAT(aside(), HasSubstr(whole.substr(whole_end, cut - whole_end))) << cut;
    }
    store.reopen();
    expected.push_back("next\r\n");
    ASSERT_TRUE(store.deliver("next\r\n"));
    ASSERT_EQ(store.texts(), expected) << cut;
  }
}

TEST_F(LogRecoveryTest, ALogCutInItsHeaderStartsAnew) {
  deliver("one\r\n");
  const std::string whole = log();
  for (std::size_t cut = 0; cut <= records_start(kAccount); ++cut) {
    set_log(whole.substr(0, cut));
    store.reopen();
    ASSERT_THAT(store.texts(), IsEmpty()) << cut;
    ASSERT_TRUE(store.deliver("next\r\n"));
    ASSERT_THAT(store.texts(), ElementsAre("next\r\n")) << cut;
  }
}

TEST_F(LogRecoveryTest, ALogTornInTheHeaderOfALongNameStartsAnew) {
  const std::string account(200, 'x');
  ASSERT_GT(log_header_bytes(account), 255U) << "its size must not fit into one octet";
  ASSERT_TRUE(store.deliver("one\r\n", account));
  const LogPaths long_paths = log_paths("/data", account);
  const std::string whole = *disk.content(long_paths.log);
  for (std::size_t cut = 0; cut <= records_start(account); ++cut) {
    std::string torn = whole.substr(0, cut);
    torn.resize(records_start(account));  // The length outlived the octets.
    disk.set_content(long_paths.log, torn);
    store.reopen();
    ASSERT_THAT(store.texts(account), IsEmpty()) << cut;
    ASSERT_TRUE(store.deliver("next\r\n", account));
    ASSERT_THAT(store.texts(account), ElementsAre("next\r\n")) << cut;
  }
}

TEST_F(LogRecoveryTest, AnotherAccountsLogIsNotTakenForATornOne) {
  const std::string theirs = "alice";
  const std::string ours(256 + theirs.size(), 'x');
  ASSERT_EQ(log_header_bytes(theirs), log_header_bytes(ours) & 255);
  ASSERT_TRUE(store.deliver("x\r\n", theirs));
  const std::string content = *disk.content(log_paths("/data", theirs).log);
  disk.set_content(log_paths("/data", ours).log, content.substr(0, records_start(theirs)));
  EXPECT_EQ(store.open(ours).error().code, Errc::kCorrupt);
}

TEST_F(LogRecoveryTest, TheSecondCopyOfTheHeaderServesWhenTheFirstIsDamaged) {
  deliver("one\r\n");
  const std::string whole = log();
  for (std::size_t at = 0; at < records_start(kAccount); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    set_log(damaged);
    store.reopen();
    ASSERT_THAT(store.texts(), ElementsAre("one\r\n")) << at;
  }
}

TEST_F(LogRecoveryTest, WithoutAHeaderALogWithRecordsIsRefusedAndLeftAlone) {
  deliver("one\r\n");
  std::string damaged = log();
  damaged[20] = static_cast<char>(damaged[20] ^ 1);
  damaged[20 + log_header_bytes(kAccount)] ^= 1;
  set_log(damaged);
  store.reopen();
  EXPECT_EQ(store.open().error().code, Errc::kCorrupt);
  EXPECT_EQ(store.deliver("two\r\n").error().code, Errc::kCorrupt);
  EXPECT_EQ(log(), damaged);
}

TEST_F(LogRecoveryTest, AnotherVersionOrAccountIsRefused) {
  deliver("one\r\n");
  std::string newer = log();
  newer[8] = 2;
  newer[8 + log_header_bytes(kAccount)] = 2;
  set_log(newer);
  store.reopen();
  EXPECT_EQ(store.open().error().code, Errc::kCorrupt);
  set_log(newer.substr(0, records_start(kAccount)));
  store.reopen();
  EXPECT_EQ(store.open().error().code, Errc::kCorrupt);

  ASSERT_TRUE(store.deliver("x\r\n", "bob@example.test"));
  set_log(*disk.content(log_paths("/data", "bob@example.test").log));
  store.reopen();
  EXPECT_EQ(store.open().error().code, Errc::kCorrupt);
}

TEST_F(LogRecoveryTest, AnUnknownRecordTypeIsRefusedAndLeftAlone) {
  deliver("one\r\n");
  RecordHeader record;
  record.type = static_cast<RecordType>(9);
  std::string longer = log();
  longer.resize(align(longer.size()));
  longer += encode_record_header(record, header().seed, longer.size());
  set_log(longer);
  store.reopen();
  const auto session = store.open();
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Errc::kCorrupt);
  EXPECT_THAT(session.error().detail, HasSubstr("newer version"));
  EXPECT_EQ(log(), longer);
}

TEST_F(LogRecoveryTest, ADamagedHeaderCostsOneMessage) {
  deliver("one\r\n");
  const std::size_t at = align(deliver("two\r\n").first);
  deliver("three\r\n");
  const std::string whole = log();
  for (std::size_t i = 0; i < kRecordHeaderBytes; ++i) {
    std::string damaged = whole;
    damaged[at + i] = static_cast<char>(damaged[at + i] ^ 4);
    set_log(damaged);
    store.damages.clear();
    store.reopen();
    ASSERT_THAT(store.texts(), ElementsAre("one\r\n", "three\r\n")) << i;
    ASSERT_THAT(store.damages, SizeIs(1));
    EXPECT_EQ(store.damages[0].offset, at);
    ASSERT_EQ(log(), damaged);  // Nothing was cut or written over.
  }
}

TEST_F(LogRecoveryTest, ADamagedBodyIsNeverGivenOut) {
  deliver("one\r\n");
  const std::string large = std::string(100'000, 'l') + "\r\n";
  const std::size_t small_end = deliver("two\r\n").second;
  const std::size_t large_end = deliver(large).second;
  deliver("four\r\n");
  const std::string whole = log();
  for (const std::size_t at : {small_end - 5, small_end - 1, large_end - 100'002, large_end - 1}) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    for (const bool indexed : {false, true}) {
      set_log(whole);
      store.reopen();
      ASSERT_THAT(store.texts(), SizeIs(4));
      if (indexed) {
        ASSERT_TRUE(store->close());
      } else {
        (void)disk.remove(paths.index);
      }
      set_log(damaged);
      store.damages.clear();
      store.reopen();
      const bool in_small = at < small_end;
      EXPECT_THAT(store.texts(), ElementsAre("one\r\n", in_small ? "!corrupt" : "two\r\n",
                                             in_small ? large : "!corrupt", "four\r\n"))
          << at;
      EXPECT_THAT(store.damages, Not(IsEmpty()));
    }
  }
}

TEST_F(LogRecoveryTest, ALargeDamagedMessageNeverEndsWell) {
  const std::size_t end = deliver(std::string(100'000, 'l')).second;
  deliver("next\r\n");
  std::string damaged = log();
  damaged[end - 50'000] ^= 1;
  set_log(damaged);
  store.reopen();
  auto session = store.open();
  auto reader = (*session)->read(MessageNumber{1});
  std::vector<std::byte> buffer(40'000);
  EXPECT_EQ(*(*reader)->read(buffer), 40'000U);
  EXPECT_EQ(*(*reader)->read(buffer), 40'000U);
  EXPECT_EQ((*reader)->read(buffer).error().code, Errc::kCorrupt);
  EXPECT_EQ((*reader)->read(buffer).error().code, Errc::kCorrupt);
}

// A mail may hold what it likes, even the bytes of real records of this very log: with its own
// header gone, nothing inside it passes for a record.
TEST_F(LogRecoveryTest, AHostileMailCannotForgeARecord) {
  deliver("one\r\n");
  RecordHeader forged;
  forged.type = RecordType::kMessage;
  forged.key = 99;
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const std::size_t before = align(log().size());
    std::string hostile(shift, '.');
    hostile += log();
    for (int i = 0; i < 20; ++i)
      hostile += encode_record_header(forged, 0, before + kRecordHeaderBytes + hostile.size());
    const std::size_t at = align(deliver(hostile).first);
    deliver("last\r\n");
    std::string damaged = log();
    damaged[at] ^= 1;
    set_log(damaged);
    store.reopen();
    std::vector<std::string> expected = {"one\r\n"};
    for (std::size_t i = 0; i <= shift; ++i) expected.emplace_back("last\r\n");
    ASSERT_EQ(store.texts(), expected) << shift;
  }
}

// The same record, at the place where it belongs, with the right seed: what the scan does believe.
TEST_F(LogRecoveryTest, TheForgeryFailsOnlyForWantOfTheSeed) {
  deliver("one\r\n");
  RecordHeader record;
  record.type = RecordType::kMessage;
  record.key = 2;
  record.body_checksum = checksum({});
  std::string longer = log();
  longer.resize(align(longer.size()) + 64, 'x');
  longer += encode_record_header(record, header().seed, longer.size());
  set_log(longer);
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", ""));
}

// A delivery must not get number 0, behind which everything before it is new.
TEST_F(LogRecoveryTest, BehindTheLastNumberNothingIsDelivered) {
  deliver("one\r\n");
  std::string before = log();
  before.resize(align(before.size()));
  for (const std::uint64_t last : {kNoSequence - 1, kNoSequence}) {
    RecordHeader record;
    record.type = RecordType::kMessage;
    record.key = last;
    record.body_checksum = checksum({});
    const std::string longer = before + encode_record_header(record, header().seed, before.size());
    set_log(longer);
    store.reopen();
    EXPECT_EQ(store.deliver("two\r\n").error().code, Errc::kCorrupt);
    EXPECT_THAT(store.texts(), ElementsAre("one\r\n", ""));
    EXPECT_EQ(log(), longer);
  }
}

TEST_F(LogRecoveryTest, AnEmptyMessageIsCheckedToo) {
  deliver("one\r\n");
  RecordHeader record;
  record.type = RecordType::kMessage;
  record.key = 2;
  std::string longer = log();
  longer.resize(align(longer.size()));
  // A whole record behind it, or it would be cut as torn.
  for (const std::uint64_t change : {1U, 0U}) {
    record.body_checksum = checksum({}) ^ change;
    longer += encode_record_header(record, header().seed, longer.size());
    ++record.key;
  }
  set_log(longer);
  store.reopen();
  const auto session = store.open();
  ASSERT_EQ((*session)->count(), 3U);
  std::vector<std::byte> buffer(10);
  EXPECT_EQ((*(*session)->read(MessageNumber{2}))->read(buffer).error().code, Errc::kCorrupt);
  EXPECT_EQ(*(*(*session)->read(MessageNumber{3}))->read(buffer), 0U);
}

// An append was cut again, and its place taken by another whose sync failed: after a power loss the
// disk may hold the beginning of the first there, whose size reaches over what was synced since.
TEST_F(LogRecoveryTest, AHeaderThatCameBackSwallowsNothing) {
  deliver("one\r\n");
  const std::string before = log();
  for (const std::size_t size : {700U, 900U, 1500U, 2600U, 200'000U}) {
    set_log(before);
    store.reopen();
    deliver(std::string(size, 'x') + "\r\n");
    const std::string stale = log();
    set_log(before);
    store.reopen();
    const std::size_t gone_end = deliver("refused" + std::string(600, 'r') + "\r\n").second;
    deliver("two" + std::string(600, '2') + "\r\n");
    deliver("three" + std::string(600, '3') + "\r\n");
    deliver("four" + std::string(600, '4') + "\r\n");
    for (int i = 0; i < 400; ++i) deliver("filler" + std::string(600, 'f') + "\r\n");
    std::string found = log();
    found.replace(before.size(), gone_end - before.size(), stale, before.size(),
                  gone_end - before.size());
    set_log(found);
    store.reopen();
    const auto texts = store.texts();
    const auto is_there = [&](std::string_view beginning) {
      return std::ranges::count_if(
          texts, [&](const std::string& text) { return text.starts_with(beginning); });
    };
    EXPECT_EQ(is_there("one") + is_there("two2") + is_there("three") + is_there("four"), 4) << size;
    EXPECT_EQ(is_there("filler"), 400) << size;
    EXPECT_EQ(texts.size(), 404U) << size;
    EXPECT_EQ(store->list(kAccount, View::kDefault)->size(), 404U) << size;
    ASSERT_EQ(store->repair(kAccount, {})->set_aside.size(), 1U) << size;
    EXPECT_EQ(store.texts(), texts) << size;
  }
}

TEST_F(LogRecoveryTest, ADamagedDeletionUndeletesOnly) {
  deliver("one\r\n");
  deliver("two\r\n");
  {
    auto session = store.open();
    ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}})));
  }
  const std::size_t end = log().size();
  deliver("three\r\n");
  std::string damaged = log();
  damaged[end - 1] ^= 1;
  set_log(damaged);
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "two\r\n", "three\r\n"));
  EXPECT_THAT(store.damages, Not(IsEmpty()));
}

TEST_F(LogRecoveryTest, RecoveryIsIdempotent) {
  deliver("one\r\n");
  const std::string before = log();
  deliver("two\r\n");
  const std::string torn = log().substr(0, log().size() - 1);
  for (int round = 0; round < 3; ++round) {  // A crash between setting aside and cutting.
    set_log(torn);
    store.reopen();
    ASSERT_THAT(store.texts(), ElementsAre("one\r\n"));
    ASSERT_EQ(log(), before);
  }
  EXPECT_EQ(aside().size(), 48 + torn.size() - before.size());
}

// Power loss can keep a record's length and lose sectors of its body.
TEST_F(LogRecoveryTest, ATailWithAHoleInItsBodyIsCutToo) {
  deliver("one\r\n");
  const std::string before = log();
  for (const std::size_t size : {10U, 100'000U}) {
    deliver(std::string(size, 'x'));
    std::string torn = log();
    torn[torn.size() - 5] = '\0';
    set_log(torn);
    store.reopen();
    EXPECT_THAT(store.texts(), ElementsAre("one\r\n"));
    EXPECT_EQ(log(), before);
    EXPECT_THAT(aside(), HasSubstr(torn.substr(align(before.size()))));
    store.reopen();
  }
}

TEST_F(LogRecoveryTest, ATailOfZerosIsCutWithoutKeepingIt) {
  deliver("one\r\n");
  const std::string before = log();
  set_log(before + std::string(100'000, '\0'));
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n"));
  EXPECT_EQ(log(), before);
  EXPECT_FALSE(disk.content(paths.aside));
}

TEST_F(LogRecoveryTest, ATailThatCannotBeKeptIsNotCutAndReadingGoesOn) {
  deliver("one\r\n");
  set_log(log() + "garbage that is no record, but who knows");
  const std::string before = log();
  store.reopen();
  disk.fail_at(1, disk::Fault::kFull);  // Behind the sync of what was read.
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n"));
  EXPECT_TRUE(disk.fault_reached());
  EXPECT_EQ(log(), before);
  ASSERT_TRUE(store.deliver("two\r\n"));
  EXPECT_THAT(aside(), HasSubstr("garbage"));
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "two\r\n"));
}

// A sequence number that damage gave free again must not bring an old uid back: a client would
// take the new mail for one that it has.
TEST_F(LogRecoveryTest, AnAsideEntryWithoutItsBytesIsNotTakenForKept) {
  deliver("one\r\n");
  const std::string torn = log() + "what a crash left of a second message";
  set_log(torn);
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n"));
  const std::string kept = aside();
  ASSERT_THAT(kept, HasSubstr("what a crash left"));

  // A crash in the middle of that: the entry's header reached the platter, its bytes did not.
  set_log(torn);
  disk.set_content(paths.aside, kept.substr(0, 48) + std::string(kept.size() - 48, '\0'));
  store.reopen();
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n"));
  EXPECT_EQ(aside(), kept);
}

TEST_F(LogRecoveryTest, ANumberThatADeletionNamesIsNotGivenOutAgain) {
  deliver("one\r\n");
  const std::size_t at = align(deliver("two\r\n").first);
  {
    auto session = *store.open();
    ASSERT_TRUE(session->commit(end_deleting({MessageNumber{2}})));
  }
  std::string damaged = log();
  damaged[at + 16] = static_cast<char>(damaged[at + 16] ^ 4);  // Of the newest message's header.
  set_log(damaged);
  store.reopen();
  ASSERT_TRUE(store.deliver("three\r\n"));
  store.reopen();  // The old deletion must not take the new message for the old one.
  EXPECT_THAT(store.texts(), ElementsAre("one\r\n", "three\r\n"));
}

TEST_F(LogRecoveryTest, AHeaderThatWasNotSyncedIsWrittenAgain) {
  // One process writes the header of a new log and dies before its sync; the header is visible, but
  // a later sync of a record in another sector does not carry it to the platter.
  const std::string account = std::string(300, 'a') + "@example.test";
  const std::string path = log_paths("/data", account).log;
  ASSERT_TRUE(store.deliver("one\r\n", account));
  const std::string header = disk.content(path)->substr(0, records_start(account));
  disk.set_content(path, "");
  {
    auto file = *disk.open(path, disk::OpenMode::kReadWrite);
    const std::array<ByteView, 1> pieces = {as_bytes(header)};
    ASSERT_TRUE(file->write(0, pieces));
    disk.fail_at(0, disk::Fault::kEio);
    ASSERT_FALSE(file->sync());  // The pages are clean now, and not on the platter.
    disk.fail_nothing();
  }
  store.reopen();
  ASSERT_TRUE(store.deliver("two\r\n", account));
  disk.lose_power(disk::PowerLoss::kDropUnsynced);
  store.reopen();
  EXPECT_THAT(store.texts(account), ElementsAre("two\r\n"));
}

TEST_F(LogRecoveryTest, NoUidComesBackWithOtherContent) {
  deliver("one\r\n");
  const std::string before = log();
  const std::string lost = store.deliver("two\r\n")->uid;
  set_log(before);
  store.reopen();
  EXPECT_NE(store.deliver("three\r\n")->uid, lost);
}

}  // namespace
}  // namespace restante::maildrop::log
