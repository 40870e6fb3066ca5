#include "accounts/sqlite/new_file.h"

#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::accounts::sqlite {
namespace {

std::size_t files_in(const TempDir& dir) {
  const std::filesystem::directory_iterator all(dir.path());
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(NewFile, OneOfTwoMakersWins) {
  const TempDir dir;
  {
    auto first = NewFile::make(dir / "name");
    auto second = NewFile::make(dir / "name");
    ASSERT_TRUE(first && second);
    EXPECT_NE(first->place(), second->place());
    EXPECT_FALSE(std::filesystem::exists(dir / "name")) << "not before it is published";
    std::ofstream(first->place()) << "first";
    EXPECT_TRUE(*first->publish());
    EXPECT_FALSE(*second->publish());
  }
  std::string text;
  std::ifstream(dir / "name") >> text;
  EXPECT_EQ(text, "first");
  EXPECT_EQ(files_in(dir), 1U) << "what it was made as is gone";
}

TEST(NewFile, AnUnfinishedOneLeavesNothing) {
  const TempDir dir;
  { ASSERT_TRUE(NewFile::make(dir / "name")); }
  EXPECT_EQ(files_in(dir), 0U);
  EXPECT_EQ(NewFile::make(dir / "no" / "folder").error().code, Errc::kIo);
}

}  // namespace
}  // namespace restante::accounts::sqlite
