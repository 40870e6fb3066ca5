#include "server/common/file_stamps.h"

#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::server {
namespace {

TEST(FileStamps, SeeEveryKindOfChange) {
  const accounts::TempDir dir;
  const std::vector<std::filesystem::path> paths = {dir / "a", dir / "b"};
  const auto nothing = stamps_of(paths);
  EXPECT_EQ(nothing, (std::vector<FileStamp>(2)));
  dir.write("a", "one");
  const auto first = stamps_of(paths);
  EXPECT_NE(first, nothing);
  EXPECT_EQ(stamps_of(paths), first);
  // Replaced by a file of the same size and time, as rename does.
  dir.write("new", "two");
  std::filesystem::last_write_time(dir / "new", std::filesystem::last_write_time(dir / "a"));
  std::filesystem::rename(dir / "new", dir / "a");
  const auto renamed = stamps_of(paths);
  EXPECT_NE(renamed, first);
  dir.write("a", "three");
  EXPECT_NE(stamps_of(paths), renamed);
  // Through a link, as certbot has them.
  std::filesystem::create_symlink(dir / "a", dir / "b");
  const auto linked = stamps_of(paths);
  EXPECT_EQ(linked[0], linked[1]);
  dir.write("c", "three");
  std::filesystem::remove(dir / "b");
  std::filesystem::create_symlink(dir / "c", dir / "b");
  EXPECT_NE(stamps_of(paths)[1], linked[1]);
  std::filesystem::remove(dir / "a");
  EXPECT_EQ(stamps_of(paths)[0], FileStamp());
}

}  // namespace
}  // namespace restante::server
