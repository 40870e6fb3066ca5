// A maildrop of 100,000 messages: what it costs in calls to the disk, which is what makes it slow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk/memory.h"
#include "maildrop/log/file/log_builder.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

class ScaleTest : public ::testing::Test {
 protected:
  /// Writes the log as a rewriting does: 100,000 deliveries would sync as often.
  void fill(std::uint32_t messages) {
    ASSERT_TRUE(store.deliver("first\r\n"));
    LogHeader header = *decode_log_header(as_bytes(*disk.content(paths.log)), kAccount);
    const auto file = *disk.open(paths.log, disk::OpenMode::kReplace);
    const auto source = *disk.open("/source", disk::OpenMode::kCreate);
    const std::string text = "Subject: x\r\n\r\nbody\r\n";
    const std::array<ByteView, 1> pieces = {as_bytes(text)};
    ASSERT_TRUE(source->write(0, pieces));
    LogBuilder builder(*file, header);
    for (std::uint32_t i = 1; i <= messages; ++i) {
      ScannedRecord message;
      message.header.type = RecordType::kMessage;
      message.header.key = i;
      message.header.octets = message.header.body_bytes = text.size();
      message.header.body_checksum = checksum(as_bytes(text));
      if (i % 10 == 0) message.header.uid = "uid-" + std::to_string(i);
      ASSERT_TRUE(builder.copy_message({*source, message.body_offset}, message, nullptr));
    }
    ASSERT_TRUE(builder.finish({}));
    store.reopen();
  }

  std::uint64_t calls_of_opening() {
    disk.fail_nothing();
    auto session = store.open();
    EXPECT_EQ((*session)->count(), 100'000U);
    return disk.calls();
  }

  disk::MemoryDisk disk;
  TestStore store{disk};
  const LogPaths paths = log_paths("/data", kAccount);
};

TEST_F(ScaleTest, OpeningAsksTheDiskLittle) {
  fill(100'000);
  EXPECT_LE(calls_of_opening(), disk.content(paths.log)->size() / (100U << 10) + 20);
  EXPECT_LE(calls_of_opening(), 3U);  // Warm.
  ASSERT_TRUE(store->close());
  store.reopen();
  EXPECT_LE(calls_of_opening(), 16U);  // Cold, with an index.
}

// Every view misses every second message, so that nothing of their ranges is short.
TEST_F(ScaleTest, SixteenViewsOpenAsOne) {
  fill(100'000);
  for (int i = 0; i < 16; ++i) {
    const auto view = store->make_view(kAccount, {"view-" + std::to_string(i), {}, {}});
    ASSERT_TRUE(view);
    SessionEnd end;
    for (std::uint32_t n = 1 + static_cast<std::uint32_t>(i % 2); n <= 100'000; n += 2)
      end.deleted.push_back(MessageNumber{n});
    ASSERT_TRUE((*store->open(kAccount, *view))->commit(end));
  }
  ASSERT_TRUE(store->close());
  store.reopen();
  EXPECT_LE(calls_of_opening(), 24U);  // Cold: 12 MB of ranges come in pieces of 4.
  EXPECT_LE(calls_of_opening(), 3U);
  const View one = store->find_view(kAccount, "view-7")->view;
  disk.fail_nothing();
  EXPECT_EQ((*store->open(kAccount, one))->count(), 50'000U);
  EXPECT_LE(disk.calls(), 6U);
  EXPECT_EQ(store->usage(kAccount)->messages, 100'000U);
}

TEST_F(ScaleTest, DeletingAllButAFewAndReclaiming) {
  constexpr std::uint32_t kMessages = 20'000;
  fill(kMessages);
  {
    auto session = store.open();
    std::vector<MessageNumber> numbers;
    for (std::uint32_t i = 1; i <= kMessages - 5; ++i) numbers.push_back(MessageNumber{i});
    disk.fail_nothing();
    ASSERT_TRUE((*session)->commit(end_deleting(numbers)));
    EXPECT_LE(disk.calls(), 5U);
  }
  const std::uint64_t before = disk.content(paths.log)->size();
  disk.fail_nothing();
  const auto report = store->upkeep(kAccount, {}, {});
  ASSERT_TRUE(report);
  // The log is read twice in large pieces, not message by message.
  EXPECT_LE(disk.calls(), 2 * before / (100U << 10) + 60);
  EXPECT_EQ((*store.open())->count(), 5U);
  // 1,999 uids are remembered, in 16 bytes each.
  EXPECT_LT(disk.content(paths.log)->size(), 2'000U * 16 + 2000);
}

}  // namespace
}  // namespace restante::maildrop::log
