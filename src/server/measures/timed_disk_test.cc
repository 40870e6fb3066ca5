#include "server/measures/timed_disk.h"

#include <gtest/gtest.h>

#include "disk/memory.h"

namespace restante::server {
namespace {

class TimedDiskTest : public testing::Test {
 protected:
  TimedDiskTest() { EXPECT_TRUE(behind_.create_directory("/d")); }
  std::unique_ptr<disk::File> open() {
    auto opened = disk_.open("/d/file", disk::OpenMode::kCreate);
    EXPECT_TRUE(opened);
    return std::move(*opened);
  }

  disk::MemoryDisk behind_;
  Histogram syncs_;
  Histogram lock_waits_;
  TimedDisk disk_{behind_, syncs_, lock_waits_};
};

TEST_F(TimedDiskTest, NotesSyncs) {
  const auto file = open();
  EXPECT_TRUE(file->sync());
  EXPECT_TRUE(disk_.sync_directory("/d"));
  EXPECT_EQ(syncs_.count(), 2U);
}

TEST_F(TimedDiskTest, NotesOnlyLocksThatWereWaitedFor) {
  const auto mine = open();
  EXPECT_TRUE(mine->lock(0, 1, disk::patience_of(std::chrono::milliseconds(0))));
  EXPECT_EQ(lock_waits_.count(), 0U);
  const auto other = open();
  const Status refused = other->lock(0, 1, disk::patience_of(std::chrono::milliseconds(0)));
  EXPECT_FALSE(refused);
  EXPECT_EQ(lock_waits_.count(), 1U);
  mine->unlock(0, 1);
  EXPECT_TRUE(other->try_lock(0, 1));
}

TEST_F(TimedDiskTest, IsTheDiskBehindIt) {
  const auto file = open();
  const std::string text = "hello";
  const ByteView piece = std::as_bytes(std::span(text));
  EXPECT_TRUE(file->write(0, std::span(&piece, 1)));
  EXPECT_EQ(file->status()->size, 5U);
  std::array<std::byte, 8> read{};
  EXPECT_EQ(*file->read(0, read), 5U);
  EXPECT_TRUE(file->truncate(2));
  EXPECT_EQ(file->status()->size, 2U);
  EXPECT_TRUE(disk_.link("/d/file", "/d/second"));
  EXPECT_TRUE(disk_.rename("/d/second", "/d/third"));
  EXPECT_EQ(*disk_.list("/d"), (std::vector<std::string>{"file", "third"}));
  EXPECT_TRUE(disk_.remove("/d/third"));
  EXPECT_FALSE(behind_.open("/d/third", disk::OpenMode::kRead));
}

}  // namespace
}  // namespace restante::server
