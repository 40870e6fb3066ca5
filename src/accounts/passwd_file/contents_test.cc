#include "accounts/passwd_file/contents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::accounts::passwd_file {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const NameRules kRules;

TEST(Contents, LineEndsOfAnyKind) {
  const TempDir dir;
  for (const std::string_view end : {"\n", "\r\n"}) {
    for (const bool last : {true, false}) {
      for (const std::string_view mark : {"", "\xEF\xBB\xBF"}) {
        std::string text(mark);
        text += "a@x.test:{PLAIN}1";
        text.append(end).append(end).append("b@x.test:{PLAIN}2");
        if (last) text += end;
        dir.write("users", text);
        const auto read = read_accounts(dir / "users", kRules, LastLine::kCounts);
        ASSERT_TRUE(read);
        EXPECT_EQ(read->size(), 2U);
        EXPECT_EQ(read->accounts.at("b@x.test").secret, "{PLAIN}2");
        EXPECT_THAT(read->domains, ElementsAre("x.test"));
        EXPECT_THAT(read->mistakes, IsEmpty());
        EXPECT_EQ(read->is_cut, !last);
      }
    }
  }
}

// "{PLAIN}sec" would be a password, and "ali" an account.
TEST(Contents, AHalfLineIsNone) {
  const TempDir dir;
  dir.write("users", "a@x.test:{PLAIN}1\nb@x.test:{PLAIN}sec");
  dir.write("aliases", "c@x.test: a@x.test\nd@x.test: a@x.tes");
  const auto accounts = read_accounts(dir / "users", kRules, LastLine::kMayBeHalf);
  EXPECT_EQ(accounts->size(), 1U);
  const auto aliases = read_aliases(dir / "aliases", kRules, LastLine::kMayBeHalf, *accounts);
  EXPECT_EQ(aliases->size(), 1U);
  EXPECT_TRUE(aliases->is_cut);
}

TEST(Contents, AMistakeCostsItsOwnAccount) {
  const TempDir dir;
  dir.write("users",
            "a@x.test:{PLAIN}1\nb@x.test:{NTLM}0123\nc@x.test\n:{PLAIN}hunter2\n"
            "a@x.test:{PLAIN}2\nd@x.test:!\n");
  dir.write("aliases", "a@x.test: b@x.test\nteam: a@x.test\ne@x.test: a@x.test, b@x.test\n");
  const auto read = read_accounts(dir / "users", kRules, LastLine::kCounts);
  ASSERT_TRUE(read);
  const std::string users = (dir / "users").string();
  EXPECT_THAT(
      read->mistakes,
      ElementsAre(HasSubstr(users + ":2: account b@x.test: scheme NTLM cannot be verified"),
                  HasSubstr(users + ":3: account c@x.test: no ':'"), HasSubstr(users + ":4: "),
                  HasSubstr(users + ":5: second line for a@x.test; the first counts")));
  EXPECT_EQ(read->accounts.at("a@x.test").secret, "{PLAIN}1");
  for (const char* name : {"b@x.test", "c@x.test"}) {
    const Account& account = read->accounts.at(name);
    EXPECT_TRUE(account.enabled) << "mail is taken";
    EXPECT_FALSE(account.may_log_in("")) << name;
    EXPECT_EQ(admit(account, "").error().code, Errc::kIo) << "nobody's password is wrong";
  }
  EXPECT_EQ(admit(read->accounts.at("d@x.test"), "").error().code, Errc::kAuth);
  const auto aliases = read_aliases(dir / "aliases", kRules, LastLine::kCounts, *read);
  EXPECT_THAT(aliases->mistakes,
              ElementsAre(HasSubstr(":1: there is an account"), HasSubstr(":2: ")));
  EXPECT_EQ(aliases->size(), 1U);
}

TEST(Contents, AFileWithoutAnyUseIsRefused) {
  const TempDir dir;
  dir.write("users", "a@x.test:{NTLM}0123\n<!DOCTYPE html>\n");
  const auto read = read_accounts(dir / "users", kRules, LastLine::kCounts);
  EXPECT_EQ(read.error().code, Errc::kSyntax);
  EXPECT_THAT(read.error().detail, HasSubstr(":2: "));
}

}  // namespace
}  // namespace restante::accounts::passwd_file
