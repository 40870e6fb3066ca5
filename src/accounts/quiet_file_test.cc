#include "accounts/quiet_file.h"

#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::accounts {
namespace {

TEST(QuietFile, ARenamedFileWasNotWrittenInPlace) {
  const TempDir dir;
  for (int i = 0; i < 50; ++i) {
    dir.write("new", "text");
    std::filesystem::rename(dir / "new", dir / "a");
    EXPECT_FALSE(was_written_in_place(dir / "a", files::stamp_if_there(dir / "a")));
  }
  std::filesystem::create_symlink(dir / "a", dir / "link");
  EXPECT_FALSE(was_written_in_place(dir / "link", files::stamp_if_there(dir / "link")));
  EXPECT_TRUE(was_written_in_place(dir / "missing", files::stamp_if_there(dir / "missing")));
}

TEST(QuietFile, IsQuietByItsOwnTimeOrByWhatWasSeen) {
  using std::chrono::seconds;
  Quiet quiet;
  quiet.stamp.modified_ns = 100'000'000'000;
  quiet.since = Quiet::Steady(seconds(7));
  const auto at = [&quiet](int wall, int steady) {
    return quiet.is_over(WallTime(seconds(wall)), Quiet::Steady(seconds(steady)));
  };
  EXPECT_FALSE(at(101, 8));
  EXPECT_TRUE(at(102, 8));
  EXPECT_TRUE(at(50, 9)) << "its machine's clock is ahead";
  EXPECT_FALSE(at(50, 8));
}

}  // namespace
}  // namespace restante::accounts
