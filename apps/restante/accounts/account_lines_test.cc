#include "restante/accounts/account_lines.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "profile/load.h"

namespace restante::cli {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kText = R"(# Mine.
archive = "/mail"

# Of the office.
[[account]]
host = "pop.example.com"
  name = 'work'   # the first
user = "alice"
prompt = true

[[account.skip]]
field = "List-Id"

# At home.
[[account]]
"name" = "home"
host = "pop.example.org"
user = "alice"
prompt = true
)";

profile::Profile profile_of(std::string_view text) {
  const auto loaded = profile::parse(text, "/x/restante.toml", "/x", false);
  EXPECT_TRUE(loaded.profile) << loaded.mistakes.front();
  return *loaded.profile;
}

TEST(AccountLines, OnlyTheNameChanges) {
  const auto made = with_other_name(profile_of(kText), kText, "work", "office");
  ASSERT_TRUE(made) << made.error().detail;
  std::string expected(kText);
  expected.replace(expected.find("'work'"), 6, "\"office\"");
  EXPECT_EQ(*made, expected);
  const auto other = with_other_name(profile_of(kText), kText, "home", "flat");
  ASSERT_TRUE(other);
  EXPECT_THAT(*other, HasSubstr("\"name\" = \"flat\"\n"));
}

TEST(AccountLines, ANameThatIsNoneIsRefused) {
  EXPECT_FALSE(with_other_name(profile_of(kText), kText, "work", "a b\"c"));
  EXPECT_FALSE(with_other_name(profile_of(kText), kText, "work", "home"));
}

TEST(AccountLines, LinesThatAreWrittenOtherwiseAreLeftToPeople) {
  constexpr std::string_view kInline =
      "archive = \"/mail\"\n"
      "account = [{ name = \"work\", host = \"h\", user = \"u\", prompt = true }]\n";
  const auto made = with_other_name(profile_of(kInline), kInline, "work", "office");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::kSyntax);
  EXPECT_FALSE(without_account(profile_of(kInline), kInline, "work"));
}

TEST(AccountLines, AnAccountGoesWithItsTables) {
  const auto made = without_account(profile_of(kText), kText, "work");
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_THAT(*made, HasSubstr("# At home.\n[[account]]\n\"name\" = \"home\""));
  EXPECT_EQ(made->find("List-Id"), std::string::npos);
  EXPECT_EQ(made->find("work"), std::string::npos);
  const auto other = without_account(profile_of(kText), kText, "home");
  ASSERT_TRUE(other);
  EXPECT_THAT(*other, HasSubstr("List-Id"));
}

TEST(AccountLines, TheFileKeepsItsModeAndItsLink) {
  std::string folder = (std::filesystem::temp_directory_path() / "lines-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::filesystem::path file = folder + "/real.toml";
  const std::filesystem::path link = folder + "/link.toml";
  std::ofstream(file) << "old";
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  std::filesystem::create_symlink(file, link);
  ASSERT_TRUE(replace_text(link, "new"));
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0640U);
  std::string text;
  std::ifstream(file) >> text;
  EXPECT_EQ(text, "new");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace restante::cli
