#include "journal/folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "files/test_support.h"

namespace restante::journal {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNoon = std::chrono::sys_days(std::chrono::year(2026) / 11 / 30) + 12h;

class FolderTest : public ::testing::Test {
 protected:
  std::vector<std::string> names() {
    std::vector<std::string> out;
    const auto files = list_files(folder_.path());
    for (const ActsFile& file : *files) out.push_back(file.path.filename().string());
    return out;
  }
  std::string grows(WallTime now, const Limits& limits = {}) {
    const auto path = file_to_grow(folder_.path(), now, limits);
    EXPECT_TRUE(path) << path.error().message();
    return path->filename().string();
  }

  files::TempFolder folder_;
};

TEST_F(FolderTest, FilesAreNamedByTheirBeginningAndListedInOrder) {
  folder_.write(file_name(kNoon + 1s), "b");
  folder_.write(file_name(kNoon), "abc");
  for (const char* other : {"lock", "acts-x.jsonl", "acts-20261330T120000Z.jsonl"})
    folder_.write(other, "");
  EXPECT_EQ(names(), (std::vector<std::string>{"acts-20261130T120000Z.jsonl",
                                               "acts-20261130T120001Z.jsonl"}));
  const auto found = list_files(folder_.path());
  EXPECT_EQ(found->front().begins, kNoon);
  EXPECT_EQ(found->front().octets, 3U);
}

TEST_F(FolderTest, ADayHasAFileAndALargeFileIsFollowedByAnother) {
  const std::string first = grows(kNoon);
  EXPECT_EQ(grows(kNoon + 1h), first);
  EXPECT_EQ(grows(kNoon + 12h), file_name(kNoon + 12h));
  folder_.write(file_name(kNoon + 12h), std::string(100, '\n'));
  EXPECT_EQ(grows(kNoon + 13h, {1600, std::chrono::days(90), 0}), file_name(kNoon + 13h));
}

TEST_F(FolderTest, AClockThatWasSetBackGoesOnInTheNewestFile) {
  const std::string first = grows(kNoon);
  EXPECT_EQ(grows(kNoon - 48h), first);
}

TEST_F(FolderTest, NobodyElseReadsIt) {
  struct stat status {};
  ASSERT_EQ(::stat((folder_ / grows(kNoon)).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(FolderTest, HalfALineEndsBeforeTheNextBegins) {
  const std::string name = grows(kNoon);
  folder_.write(name, "{\"act\":\"pol");
  EXPECT_TRUE(append(folder_ / grows(kNoon + 1s), "{}\n"));
  EXPECT_EQ(folder_.read(name), "{\"act\":\"pol\n{}\n");
}

TEST_F(FolderTest, TheOldestGoByAgeAndBySize) {
  const auto keep = [&](const Limits& limits) {
    for (int day = 0; day < 4; ++day)
      folder_.write(file_name(kNoon + std::chrono::days(day)), std::string(10, '\n'));
    EXPECT_TRUE(remove_old(folder_.path(), kNoon + 72h, limits));
    return names().size();
  };
  EXPECT_EQ(keep({1000, std::chrono::days(90), 0}), 4U);
  EXPECT_EQ(keep({25, std::chrono::days(90), 0}), 2U);
  EXPECT_EQ(keep({1000, std::chrono::days(1), 0}), 3U);
  EXPECT_EQ(keep({0, std::chrono::days(0), 0}), 1U);
}

TEST_F(FolderTest, AFullDiskLeavesWholeLines) {
  const files::Path path = folder_ / grows(kNoon);
  EXPECT_TRUE(append(path, "{}\n"));
  EXPECT_FALSE(append("/dev/full", "{}\n"));
  EXPECT_EQ(folder_.read(path.filename().string()), "{}\n");
}

}  // namespace
}  // namespace restante::journal
