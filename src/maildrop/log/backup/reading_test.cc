#include "maildrop/log/backup/reading.h"

#include <gtest/gtest.h>

#include "disk/memory.h"

namespace restante::backup {
namespace {

class OrderedFileTest : public ::testing::Test {
 protected:
  OrderedFileTest() {
    for (int i = 0; i < 1000; ++i) text_ += static_cast<char>(i * 7);
    disk_.set_content("/file", text_);
    file_ = *disk_.open("/file", disk::OpenMode::kRead);
  }
  ByteSink sink() {
    return [this](ByteView bytes) {
      seen_ += as_text(bytes);
      return ok();
    };
  }

  disk::MemoryDisk disk_;
  std::string text_;
  std::unique_ptr<disk::File> file_;
  std::string seen_;
  const maildrop::Pace no_pace_;
};

TEST_F(OrderedFileTest, EachByteOnceHoweverItIsRead) {
  const std::vector<std::pair<std::uint64_t, std::size_t>> orders[] = {
      {}, {{0, 1000}}, {{0, 10}, {5, 10}, {500, 10}, {0, 700}}, {{990, 50}}, {{150, 1}, {99, 3}}};
  for (const auto& reads : orders) {
    seen_.clear();
    OrderedFile ordered(*file_, 100, 900, sink(), no_pace_);
    for (const auto& [offset, bytes] : reads) {
      std::vector<std::byte> target(bytes);
      const auto got = ordered.read(offset, target);
      ASSERT_TRUE(got);
      EXPECT_EQ(as_text(ByteView(target).first(*got)), text_.substr(offset, bytes));
    }
    ASSERT_TRUE(ordered.finish());
    EXPECT_EQ(seen_, text_.substr(100, 800));
  }
}

TEST_F(OrderedFileTest, AShorterFileIsAnError) {
  OrderedFile ordered(*file_, 0, 1001, sink(), no_pace_);
  EXPECT_FALSE(ordered.finish());
}

TEST_F(OrderedFileTest, PaceSeesEachByteOnceAndStops) {
  std::uint64_t paced = 0;
  const maildrop::Pace pace = [&](std::uint64_t bytes) {
    paced += bytes;
    return paced < 800;
  };
  OrderedFile ordered(*file_, 100, 900, sink(), pace);
  std::vector<std::byte> target(300);
  EXPECT_TRUE(ordered.read(0, target));
  EXPECT_EQ(paced, 200U);
  const Status done = ordered.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::kClosed);
}

TEST_F(OrderedFileTest, CopiesAndSums) {
  const auto target = *disk_.open("/copy", disk::OpenMode::kCreate);
  OrderedFile ordered(*file_, 100, 900, writing_to(*target, 50), no_pace_);
  ASSERT_TRUE(ordered.finish());
  EXPECT_EQ(disk_.content("/copy")->substr(50), text_.substr(100, 800));
  EXPECT_EQ(*sum_of(*file_, 100, 900), checksum(as_bytes(text_).subspan(100, 800)));
}

}  // namespace
}  // namespace restante::backup
