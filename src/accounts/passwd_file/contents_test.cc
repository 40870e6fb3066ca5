#include "accounts/passwd_file/contents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::accounts::passwd_file {
namespace {

TEST(Contents, LineEndsOfAnyKind) {
  const TempDir dir;
  for (const std::string_view end : {"\n", "\r\n"}) {
    for (const bool last : {true, false}) {
      std::string text = "a@x.test:{PLAIN}1";
      text.append(end).append(end).append("b@x.test:{PLAIN}2");
      if (last) text += end;
      dir.write("users", text);
      const auto contents = read_contents(dir / "users", {}, NameRules());
      ASSERT_TRUE(contents);
      EXPECT_EQ(contents->accounts.size(), 2U);
      EXPECT_EQ(contents->accounts.at("b@x.test").secret, "{PLAIN}2");
      EXPECT_THAT(contents->domains, testing::ElementsAre("x.test"));
    }
  }
}

TEST(Contents, StampsTellFilesApart) {
  const TempDir dir;
  dir.write("a", "same");
  const Stamp before = stamp_of(dir / "a");
  EXPECT_EQ(stamp_of(dir / "a"), before);
  dir.write("b", "same");
  std::filesystem::last_write_time(dir / "b", std::filesystem::last_write_time(dir / "a"));
  std::filesystem::rename(dir / "b", dir / "a");
  EXPECT_NE(stamp_of(dir / "a"), before);
  EXPECT_EQ(stamp_of(dir / "missing"), Stamp());
  EXPECT_EQ(stamp_of(""), Stamp());
}

}  // namespace
}  // namespace restante::accounts::passwd_file
