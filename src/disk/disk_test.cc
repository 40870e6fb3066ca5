// Both disks behind the interface behave alike; the one in memory also forgets and fails.
#include "disk/disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <thread>

#include "disk/memory.h"
#include "disk/posix.h"
#include "disk/random.h"

namespace restante::disk {
namespace {

using ::testing::ElementsAre;

class DiskTest : public ::testing::TestWithParam<bool> {
 protected:
  DiskTest() {
    if (GetParam()) {
      root = (std::filesystem::temp_directory_path() / "restante-XXXXXX").string();
      EXPECT_NE(::mkdtemp(root.data()), nullptr);
    } else {
      root = "/root";
      EXPECT_TRUE(memory.create_directory(root));
    }
  }
  ~DiskTest() override {
    if (GetParam()) std::filesystem::remove_all(root);
  }

  Disk& disk() { return GetParam() ? posix_disk() : static_cast<Disk&>(memory); }
  std::unique_ptr<File> make(const std::string& name) {
    auto file = disk().open(root + '/' + name, OpenMode::kCreate);
    EXPECT_TRUE(file);
    return std::move(*file);
  }
  static Status write(File& file, std::uint64_t offset, std::string_view text) {
    const std::array<ByteView, 1> pieces = {as_bytes(text)};
    return file.write(offset, pieces);
  }
  static std::string read(File& file, std::uint64_t offset, std::size_t size) {
    std::string out(size, '?');
    const auto got = file.read(offset, std::as_writable_bytes(std::span(out)));
    EXPECT_TRUE(got);
    return out.substr(0, *got);
  }

  MemoryDisk memory;
  std::string root;
};

INSTANTIATE_TEST_SUITE_P(Disks, DiskTest, ::testing::Bool(),
                         [](const auto& p) { return p.param ? "posix" : "memory"; });

TEST_P(DiskTest, WritesGatheredAndReadsFull) {
  const auto file = make("a");
  std::vector<std::string> texts;
  for (int i = 0; i < 40; ++i) texts.push_back(std::string(static_cast<std::size_t>(i % 3), 'x'));
  texts.emplace_back("end");
  std::vector<ByteView> pieces;
  std::string all;
  for (const std::string& text : texts) {
    pieces.push_back(as_bytes(text));
    all += text;
  }
  ASSERT_TRUE(file->write(5, pieces));
  EXPECT_EQ(read(*file, 5, all.size()), all);
  EXPECT_EQ(read(*file, 0, 5), std::string(5, '\0'));
  EXPECT_EQ(read(*file, 5, 1000), all);
  EXPECT_EQ(read(*file, 1000, 5), "");
  EXPECT_EQ(file->status()->size, 5 + all.size());
  EXPECT_TRUE(file->sync());
}

TEST_P(DiskTest, ReadCachedGivesAllOrNothing) {
  const auto file = make("a");
  ASSERT_TRUE(write(*file, 0, "hello"));
  std::array<std::byte, 5> exact{};
  const auto got = file->read_cached(0, exact);
  // Just written, so in memory; but a file system may not support the question.
  if (got) {
    EXPECT_EQ(**got, 5U);
    EXPECT_EQ(as_text(exact), "hello");
  }
  std::array<std::byte, 6> beyond{};
  EXPECT_FALSE(file->read_cached(0, beyond));
}

TEST_P(DiskTest, TruncatesAndExtendsWithZeros) {
  const auto file = make("a");
  ASSERT_TRUE(write(*file, 0, "hello"));
  ASSERT_TRUE(file->truncate(2));
  ASSERT_TRUE(file->truncate(4));
  EXPECT_EQ(read(*file, 0, 10), std::string("he\0\0", 4));
}

TEST_P(DiskTest, NamesAndTheirErrors) {
  EXPECT_EQ(disk().open(root + "/none", OpenMode::kReadWrite).error().code, Errc::kNotFound);
  EXPECT_EQ(disk().open(root + "/no/dir", OpenMode::kCreate).error().code, Errc::kNotFound);
  const auto file = make("a");
  ASSERT_TRUE(disk().link(root + "/a", root + "/b"));
  EXPECT_EQ(file->status()->links, 2U);
  EXPECT_EQ(disk().link(root + "/a", root + "/b").error().code, Errc::kExists);
  ASSERT_TRUE(disk().rename(root + "/b", root + "/c"));
  EXPECT_THAT(*disk().list(root), ElementsAre("a", "c"));
  ASSERT_TRUE(disk().remove(root + "/a"));
  EXPECT_EQ(disk().remove(root + "/a").error().code, Errc::kNotFound);
  const auto other = disk().open(root + "/c", OpenMode::kRead);
  EXPECT_EQ((*other)->status()->identity, file->status()->identity);
  ASSERT_TRUE(disk().remove(root + "/c"));
  EXPECT_EQ(file->status()->links, 0U);
  ASSERT_TRUE(disk().create_directory(root + "/d"));
  EXPECT_EQ(disk().create_directory(root + "/d").error().code, Errc::kExists);
  EXPECT_TRUE(disk().sync_directory(root + "/d"));
  EXPECT_EQ(disk().list(root + "/none").error().code, Errc::kNotFound);
}

TEST_P(DiskTest, ReplaceEmpties) {
  ASSERT_TRUE(write(*make("a"), 0, "hello"));
  const auto file = disk().open(root + "/a", OpenMode::kReplace);
  EXPECT_EQ((*file)->status()->size, 0U);
}

TEST_P(DiskTest, LocksConflictBetweenOpenFilesAndEndWithThem) {
  const auto first = make("a");
  auto second = make("a");
  constexpr std::uint64_t kAt = 1ULL << 62;
  ASSERT_TRUE(first->try_lock(kAt, 1));
  EXPECT_TRUE(first->try_lock(kAt, 1));
  EXPECT_EQ(second->try_lock(kAt, 1).error().code, Errc::kBusy);
  EXPECT_TRUE(second->try_lock(kAt + 1, 1));
  first->unlock(kAt, 1);
  ASSERT_TRUE(second->try_lock(kAt, 1));
  const auto patient = [](std::chrono::milliseconds) { return true; };
  std::thread waiter([&] { EXPECT_TRUE(first->lock(kAt, 1, patient)); });
  second.reset();
  waiter.join();
}

TEST_P(DiskTest, ALockIsWaitedForAsLongAsPatienceLasts) {
  const auto holder = make("a");
  const auto second = make("a");
  ASSERT_TRUE(holder->lock(7, 1, patience_of(std::chrono::milliseconds(0)))) << "it is free";
  int asked = 0;
  std::chrono::milliseconds before{0};
  const auto thrice = [&](std::chrono::milliseconds waited) {
    EXPECT_GE(waited, before);
    before = waited;
    return ++asked < 3;
  };
  EXPECT_EQ(second->lock(7, 1, thrice).error().code, Errc::kTimeout);
  EXPECT_EQ(asked, 3);
  const auto free_it = [&](std::chrono::milliseconds) {
    holder->unlock(7, 1);
    return true;
  };
  if (GetParam()) {
    EXPECT_TRUE(second->lock(7, 1, free_it));
  }
}

TEST(MemoryDiskTest, PowerLossDropsWhatWasNotSynced) {
  for (const PowerLoss how : {PowerLoss::kDropUnsynced, PowerLoss::kKeepAll, PowerLoss::kTorn}) {
    MemoryDisk disk;
    auto file = *disk.open("/a", OpenMode::kCreate);
    const std::string old(2048, 'o');
    const std::string young(2048, 'y');
    ASSERT_TRUE(file->write(0, std::array<ByteView, 1>{as_bytes(old)}));
    ASSERT_TRUE(file->sync());
    ASSERT_TRUE(disk.sync_directory("/"));
    ASSERT_TRUE(file->write(0, std::array<ByteView, 1>{as_bytes(young)}));
    ASSERT_TRUE(disk.open("/b", OpenMode::kCreate));
    disk.lose_power(how);
    const std::string found = *disk.content("/a");
    EXPECT_EQ(found.size(), 2048U);
    EXPECT_EQ(found == old, how == PowerLoss::kDropUnsynced);
    EXPECT_EQ(found == young, how == PowerLoss::kKeepAll);
    EXPECT_EQ(disk.content("/b").has_value(), how != PowerLoss::kDropUnsynced);
  }
}

TEST(MemoryDiskTest, AFailedSyncLosesThePagesForGood) {
  MemoryDisk disk;
  auto file = *disk.open("/a", OpenMode::kCreate);
  ASSERT_TRUE(disk.sync_directory("/"));
  ASSERT_TRUE(file->write(0, std::array<ByteView, 1>{as_bytes("lost")}));
  disk.fail_at(0, Fault::kEio);
  EXPECT_FALSE(file->sync());
  EXPECT_TRUE(file->sync());  // The lie that makes retrying wrong.
  disk.lose_power(PowerLoss::kDropUnsynced);
  EXPECT_EQ(*disk.content("/a"), std::string(4, '\0'));
}

TEST(MemoryDiskTest, FaultsHitTheCallTheyAreMeantFor) {
  MemoryDisk disk;
  auto file = *disk.open("/a", OpenMode::kCreate);
  disk.fail_at(1, Fault::kShortWrite);
  EXPECT_TRUE(file->status());
  EXPECT_FALSE(file->write(0, std::array<ByteView, 1>{as_bytes("abcd")}));
  EXPECT_EQ(*disk.content("/a"), "ab");
  EXPECT_TRUE(file->write(0, std::array<ByteView, 1>{as_bytes("abcd")}));
  disk.fail_at(0, Fault::kFull);
  EXPECT_TRUE(file->status());
  const Status full = file->write(0, std::array<ByteView, 1>{as_bytes("x")});
  EXPECT_EQ(full.error().code, Errc::kFull);
  disk.fail_at(0, Fault::kDeath);
  EXPECT_FALSE(file->status());
  EXPECT_FALSE(file->status());
}

TEST(RandomTest, FillsAll) {
  std::array<std::byte, 64> a{};
  std::array<std::byte, 64> b{};
  ASSERT_TRUE(fill_random(a));
  ASSERT_TRUE(fill_random(b));
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace restante::disk
