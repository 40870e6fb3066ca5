#include "journal/forget.h"

#include <gtest/gtest.h>

#include "files/test_support.h"
#include "journal/act_line.h"
#include "journal/folder.h"

namespace restante::journal {
namespace {

using namespace std::chrono_literals;

class ForgetTest : public ::testing::Test {
 protected:
  std::string add(std::string account, std::chrono::hours after = 0h) {
    Act act;
    act.when = WallTime(1'795'000'000s) + after;
    act.account = std::move(account);
    std::string line;
    append_line(act, line);
    const auto file = file_to_grow(folder_.path(), act.when, {});
    EXPECT_TRUE(file && append(*file, line));
    return line;
  }
  std::string all() {
    const auto files = list_files(folder_.path());
    std::string text;
    for (const ActsFile& file : *files) text += folder_.read(file.path.filename().string());
    return text;
  }

  files::TempFolder folder_;
};

TEST_F(ForgetTest, TheNameGoesFromEveryFileAndTheLinesStay) {
  add("alice");
  const std::string other = add("alice2");
  add("alice", 48h);
  const auto count = forget_name(folder_.path(), "alice");
  ASSERT_TRUE(count) << count.error().message();
  EXPECT_EQ(*count, 2U);
  EXPECT_EQ(all().find("\"alice\""), std::string::npos);
  EXPECT_NE(all().find(other), std::string::npos);
  EXPECT_NE(all().find(*hidden_name(folder_.path(), "alice")), std::string::npos);
  EXPECT_EQ(*forget_name(folder_.path(), "alice"), 0U);
}

TEST_F(ForgetTest, WithoutAJournalThereIsNothingToForget) {
  EXPECT_EQ(forget_name(folder_ / "nowhere", "alice").error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace restante::journal
