#include "files/stamp.h"

#include <gtest/gtest.h>

#include "files/test_support.h"

namespace restante::files {
namespace {

TEST(Stamps, SeeEveryKindOfChange) {
  const TempFolder dir;
  const std::vector<std::filesystem::path> paths = {dir / "a", dir / "b"};
  const auto nothing = stamps_of(paths);
  EXPECT_EQ(nothing, (std::vector<Stamp>(2)));
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
  EXPECT_EQ(stamps_of(paths)[0], Stamp());
}

TEST(Stamps, TellFilesApart) {
  const TempFolder folder;
  folder.write("a", "same");
  const auto before = stamp_of(folder / "a");
  ASSERT_TRUE(before);
  EXPECT_EQ(before->bytes, 4U);
  EXPECT_TRUE(before->is_regular);
  EXPECT_EQ(*stamp_of(folder / "a"), *before);
  folder.write("b", "same");
  std::filesystem::last_write_time(folder / "b", std::filesystem::last_write_time(folder / "a"));
  std::filesystem::rename(folder / "b", folder / "a");
  EXPECT_NE(*stamp_of(folder / "a"), *before);
  EXPECT_FALSE(before->is_same_file(*stamp_of(folder / "a")));
  EXPECT_FALSE(stamp_of(folder.path())->is_regular);
  EXPECT_EQ(stamp_of(folder / "missing").error().code, Errc::kNotFound);
  EXPECT_EQ(stamp_if_there(folder / "missing"), Stamp());
  EXPECT_EQ(stamp_if_there(""), Stamp());
  EXPECT_FALSE(Stamp().is_there());
}

}  // namespace
}  // namespace restante::files
