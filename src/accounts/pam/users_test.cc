#include "accounts/pam/users.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::accounts::pam {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

const NameRules kRules("x.test", true);

TEST(ReadUsers, TakesWhatIsBeforeTheColon) {
  const TempDir dir;
  dir.write("users", "# who has mail\nAlice:$6$x$y\n\n  bob  \r\ncarol@y.test:x:y\n");
  const auto users = read_users(dir / "users", kRules, LastLine::kCounts);
  ASSERT_TRUE(users);
  EXPECT_THAT(users->names.names,
              UnorderedElementsAre("alice@x.test", "bob@x.test", "carol@y.test"));
}

TEST(ReadUsers, FindsByAnySpelling) {
  const TempDir dir;
  dir.write("users", "m\u00fcller\ninfo@xn--bcher-kva.test\n");
  const auto users = read_users(dir / "users", kRules, LastLine::kCounts);
  ASSERT_TRUE(users);
  EXPECT_EQ(users->names.find_alike("m\u00dcller@x.test"), "m\u00fcller@x.test");
  EXPECT_EQ(users->names.find_alike("info@b\u00fccher.test"), "info@xn--bcher-kva.test");
  EXPECT_EQ(users->names.find_alike("nobody@x.test"), "");
}

TEST(ReadUsers, AMarkIsSkippedAndALineWithoutItsEndMayBeHalf) {
  const TempDir dir;
  dir.write("users",
            "\xEF\xBB\xBF"
            "alice\nbo");
  EXPECT_THAT(read_users(dir / "users", kRules, LastLine::kCounts)->names.names,
              UnorderedElementsAre("alice@x.test", "bo@x.test"));
  const auto half = read_users(dir / "users", kRules, LastLine::kMayBeHalf);
  EXPECT_THAT(half->names.names, UnorderedElementsAre("alice@x.test"));
  EXPECT_TRUE(half->is_cut);
}

TEST(ReadUsers, SaysWhereAMistakeIs) {
  const TempDir dir;
  dir.write("users", "alice\n:x\nb\x01\n");
  const auto read = read_users(dir / "users", kRules, LastLine::kCounts);
  EXPECT_EQ(read.error().code, Errc::kSyntax);
  EXPECT_THAT(read.error().detail, HasSubstr("users:2: "));
  EXPECT_THAT(read.error().detail, HasSubstr("users:3: "));
  EXPECT_EQ(read_users(dir / "none", kRules, LastLine::kCounts).error().code, Errc::kIo);
}

TEST(IsSystemUser, RootIsOneButHasNoMail) {
  EXPECT_TRUE(*is_system_user("root", 0));
  EXPECT_FALSE(*is_system_user("root", 1));
  EXPECT_FALSE(*is_system_user("restante-nobody", 0));
  EXPECT_FALSE(*is_system_user("", 0));
  EXPECT_FALSE(*is_system_user("root:x", 0));
}

}  // namespace
}  // namespace restante::accounts::pam
