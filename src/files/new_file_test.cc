#include "files/new_file.h"

#include <gtest/gtest.h>

#include "files/test_support.h"

namespace restante::files {
namespace {

std::size_t files_in(const TempFolder& dir) {
  const std::filesystem::directory_iterator all(dir.path());
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(NewFile, OneOfTwoMakersWins) {
  const TempFolder dir;
  {
    auto first = NewFile::make(dir / "name");
    auto second = NewFile::make(dir / "name");
    ASSERT_TRUE(first && second);
    EXPECT_NE(first->place(), second->place());
    EXPECT_FALSE(std::filesystem::exists(dir / "name")) << "not before it is published";
    ASSERT_TRUE(first->fill("longer than what counts"));
    ASSERT_TRUE(first->fill("first"));
    EXPECT_TRUE(*first->publish());
    EXPECT_FALSE(*second->publish());
  }
  EXPECT_EQ(dir.read("name"), "first");
  EXPECT_EQ(files_in(dir), 1U) << "what it was made as is gone";
}

TEST(NewFile, AnUnfinishedOneLeavesNothing) {
  const TempFolder dir;
  { ASSERT_TRUE(NewFile::make(dir / "name")); }
  EXPECT_EQ(files_in(dir), 0U);
  EXPECT_EQ(NewFile::make(dir / "no" / "folder").error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace restante::files
