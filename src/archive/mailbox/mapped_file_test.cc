#include "archive/mailbox/mapped_file.h"

#include <fcntl.h>

#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

class MappedFileTest : public ::testing::Test {
 protected:
  Result<MappedFile> map(std::uint64_t bytes_max) {
    auto file = open_file(folder_.path() / "m", O_RDONLY);
    EXPECT_TRUE(file);
    return MappedFile::of(*file, bytes_max);
  }
  TempFolder folder_;
};

TEST_F(MappedFileTest, TheOctetsStayWhenTheFileIsClosedAndMoved) {
  write_file(folder_.path() / "m", "octets");
  auto mapped = map(100);
  ASSERT_TRUE(mapped);
  const MappedFile moved = std::move(*mapped);
  EXPECT_EQ(moved.octets(), "octets");
  EXPECT_FALSE(moved.is_cut());
}

TEST_F(MappedFileTest, NoMoreThanWantedIsRead) {
  write_file(folder_.path() / "m", "octets");
  EXPECT_EQ(map(3)->octets(), "oct");
  EXPECT_TRUE(map(3)->is_cut());
  EXPECT_EQ(map(0)->octets(), "");
}

TEST_F(MappedFileTest, AnEmptyFileIsEmptyAndAFolderIsNone) {
  write_file(folder_.path() / "m", "");
  EXPECT_EQ(map(100)->octets(), "");
  const auto folder = open_file(folder_.path(), O_RDONLY);
  ASSERT_TRUE(folder);
  EXPECT_EQ(MappedFile::of(*folder, 100).error().code, Errc::kIo);
}

}  // namespace
}  // namespace restante::archive
