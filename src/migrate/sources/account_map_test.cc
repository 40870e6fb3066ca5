#include "migrate/sources/account_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::migrate {
namespace {

using testing::ElementsAre;

TEST(AccountMap, ReadsWhatIsThere) {
  const AccountMap map = parse_account_map(
      "# moved on Friday\n"
      "\n"
      "alice@example.test\n"
      "bob@example.test\tmaildir:/var/vmail/bob\r\n"
      "  carol@example.test  -   pass word  \n"
      "dave@example.test pop3s://old.example file:/root/dave");
  ASSERT_EQ(map.lines.size(), 4U);
  EXPECT_THAT(map.mistakes, ElementsAre());
  EXPECT_EQ(map.lines[0].account, "alice@example.test");
  EXPECT_EQ(map.lines[0].source, "");
  EXPECT_EQ(map.lines[0].number, 3U);
  EXPECT_EQ(map.lines[1].source, "maildir:/var/vmail/bob");
  EXPECT_TRUE(map.lines[1].password.empty());
  EXPECT_EQ(map.lines[2].source, "");
  EXPECT_EQ(map.lines[2].password.view(), "pass word");
  EXPECT_EQ(map.lines[3].password.view(), "file:/root/dave");
}

/// Two sources for one account would be mixed without a word.
TEST(AccountMap, TakesAnAccountOnce) {
  const AccountMap map = parse_account_map("a x\nb x\na y\n");
  EXPECT_EQ(map.lines.size(), 2U);
  EXPECT_THAT(map.mistakes, ElementsAre("3: second line for a, the first is line 1"));
}

}  // namespace
}  // namespace restante::migrate
