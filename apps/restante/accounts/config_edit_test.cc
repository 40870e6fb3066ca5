#include "restante/accounts/config_edit.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "profile/load.h"

namespace restante::cli {
namespace {

using testing::HasSubstr;

constexpr const char* kText =
    "archive = \"/mail\"  # mine\n"
    "\n"
    "[[account]]\n"
    "name = \"work\"\n"
    "host = \"pop.example.com\"  # since May\n"
    "user = \"a\"\n"
    "\n"
    "[[account.skip]]\n"
    "field = \"X-Spam\"\n"
    "\n"
    "[[account]]\n"
    "name = \"home\"\n"
    "host = \"pop.example.net\"\n"
    "user = \"b\"\n";

class ConfigEditTest : public testing::Test {
 protected:
  ConfigEditTest() {
    std::filesystem::create_directories(folder);
    std::ofstream(file) << kText;
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  ~ConfigEditTest() override { std::filesystem::remove_all(folder); }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }
  profile::Account account(const char* name) const {
    return *find_account(*profile::load_file(file).profile, name);
  }

  const std::filesystem::path folder =
      testing::TempDir() + "restante_edit_" + std::to_string(::getpid());
  const std::filesystem::path file = folder / "restante.toml";
};

TEST_F(ConfigEditTest, OneKeyIsChangedAndNothingElse) {
  ASSERT_TRUE(change_account(file, "work", {{"user", "alice@example.com"}}));
  std::string expected = kText;
  expected.replace(expected.find("user = \"a\""), 10, "user = \"alice@example.com\"");
  EXPECT_EQ(content(), expected);
}

TEST_F(ConfigEditTest, NewKeysComeBeforeTheTablesBelow) {
  ASSERT_TRUE(change_account(file, "work", {{"enabled", "false"}, {"port", "110"}}));
  EXPECT_THAT(content(),
              HasSubstr("user = \"a\"\nenabled = false\nport = 110\n\n[[account.skip]]"));
  EXPECT_FALSE(account("work").enabled);
  EXPECT_TRUE(account("home").enabled);
  ASSERT_TRUE(change_account(file, "work", {{"enabled", std::nullopt}, {"port", std::nullopt}}));
  EXPECT_EQ(content(), kText);
}

TEST_F(ConfigEditTest, ValuesAreTomlOrTheTextOfAString) {
  ASSERT_TRUE(change_account(file, "home",
                             {{"user", "12345"}, {"password_command", "pass show \"home\""}}));
  EXPECT_EQ(account("home").user, "12345");
  EXPECT_EQ(account("home").secret.value, "pass show \"home\"");
}

TEST_F(ConfigEditTest, WhatWouldBeAMistakeChangesNothing) {
  for (const Setting& wrong : {Setting{"prot", "110"}, Setting{"port", "many"},
                               Setting{"host", std::nullopt}, Setting{"name", "work"}}) {
    const Status changed = change_account(file, "home", {{"user", "c"}, wrong});
    ASSERT_FALSE(changed) << wrong.key;
    EXPECT_EQ(changed.error().code, Errc::kSyntax);
    EXPECT_EQ(content(), kText);
  }
  EXPECT_EQ(change_account(file, "nobody", {{"user", "c"}}).error().code, Errc::kNotFound);
}

TEST_F(ConfigEditTest, ModeAndLinkStay) {
  const std::filesystem::path link = folder / "link.toml";
  std::filesystem::create_symlink(file, link);
  ASSERT_TRUE(change_account(link, "home", {{"user", "c"}}));
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(account("home").user, "c");
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  for (const auto& each : std::filesystem::directory_iterator(folder))
    EXPECT_THAT((std::vector{file, link}), testing::Contains(each.path()));
}

TEST_F(ConfigEditTest, ATextOfSeveralLinesIsLeftToPeople) {
  for (const std::string quotes : {"\"\"\"", "'''"}) {
    std::string text = kText;
    text += "on_message = " + quotes + "\nuser = 'x'\n" + quotes + "\n";
    const auto home = with_settings(text, 11, {{"user", "\"c\""}});
    ASSERT_FALSE(home);
    EXPECT_EQ(home.error().code, Errc::kNotFound);
    EXPECT_THAT(home.error().detail, HasSubstr("edit it by hand"));
    EXPECT_TRUE(with_settings(text, 3, {{"user", "\"c\""}})) << "it is not in this account";
  }
}

TEST(ParseSetting, NeedsAKey) {
  EXPECT_EQ(parse_setting("port=110")->value, "110");
  EXPECT_EQ(parse_setting(" user = a=b ")->value, "a=b");
  EXPECT_FALSE(parse_setting("port=")->value);
  EXPECT_FALSE(parse_setting("port"));
  EXPECT_FALSE(parse_setting("=1"));
}

TEST(ParseSetting, TheNameAndAPasswordAreNotSetThisWay) {
  EXPECT_THAT(parse_setting("name=office").error().detail, HasSubstr("account rename"));
  EXPECT_FALSE(parse_setting("\"name\"=office"));
  EXPECT_FALSE(parse_setting("password = s3cret"));
  EXPECT_TRUE(parse_setting("password=")) << "it may go";
  EXPECT_TRUE(parse_setting("password_command=pass show x"));
}

}  // namespace
}  // namespace restante::cli
