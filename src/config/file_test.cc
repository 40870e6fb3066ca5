#include "config/file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace restante::config {
namespace {

TEST(ReadFile, GivesAllOfItUpToTheBound) {
  const auto file = std::filesystem::path(testing::TempDir()) / "restante-read-file";
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{4095}, std::size_t{4096}, std::size_t{4097},
        std::size_t{16384}, std::size_t{100'000}, kFileBytesMax, kFileBytesMax + 100}) {
    std::string content(size, 'x');
    if (size > 0) content.back() = 'y';
    std::ofstream(file, std::ios::binary) << content;
    const auto read = read_file(file);
    ASSERT_TRUE(read) << size;
    // One more tells its reader that it is too long.
    EXPECT_EQ(*read, content.substr(0, kFileBytesMax + 1)) << size;
  }
  std::filesystem::remove(file);
}

TEST(ReadFile, SaysWhyNot) {
  EXPECT_FALSE(read_file("/nowhere/at/all"));
  EXPECT_FALSE(read_file("/"));
}

}  // namespace
}  // namespace restante::config
