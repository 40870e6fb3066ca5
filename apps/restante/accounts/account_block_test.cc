#include "restante/accounts/account_block.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "profile/load.h"
#include "restante/accounts/account_text.h"

namespace restante::cli {
namespace {

using testing::HasSubstr;

class AccountBlockTest : public testing::Test {
 protected:
  AccountBlockTest() {
    std::filesystem::remove_all(folder);
    account.name = "work";
    account.user = "a\"b\\@example.com";
    account.password_command = "pass show work";
  }
  ~AccountBlockTest() override { std::filesystem::remove_all(folder); }
  std::string block() {
    profile::Account server = account.as_account();
    server.host = "pop.example.com";
    server.port = 110;
    server.tls = profile::Tls::kStarttls;
    return account_block(account, server);
  }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }

  const std::filesystem::path folder =
      testing::TempDir() + "restante_block_" + std::to_string(::getpid());
  const std::filesystem::path file = folder / "deep" / "restante.toml";
  NewAccount account;
};

TEST_F(AccountBlockTest, MakesAFileThatCanBeRead) {
  ASSERT_TRUE(append_account(file, block()));
  const auto loaded = profile::load_file(file);
  ASSERT_THAT(loaded.mistakes, testing::IsEmpty());
  const auto& made = loaded.profile->accounts.at(0);
  EXPECT_EQ(made.user, "a\"b\\@example.com");
  EXPECT_EQ(made.tls, profile::Tls::kStarttls);
  EXPECT_EQ(made.secret.value, "pass show work");
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(AccountBlockTest, LeavesTheOtherLinesAlone) {
  std::filesystem::create_directories(file.parent_path());
  const std::string before = "# mine\narchive = \"x\"   # no line end";
  std::ofstream(file) << before;
  ASSERT_TRUE(append_account(file, block()));
  EXPECT_THAT(content(), testing::StartsWith(before + "\n\n[[account]]\n"));
}

TEST_F(AccountBlockTest, WritesNothingWhenTheFileWouldHaveMistakes) {
  ASSERT_TRUE(append_account(file, block()));
  const std::string before = content();
  const Status twice = append_account(file, block());
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Errc::kSyntax);
  EXPECT_THAT(twice.error().detail, HasSubstr("account.name: is taken by"));
  EXPECT_EQ(content(), before);
}

TEST_F(AccountBlockTest, TomlStrings) { EXPECT_EQ(toml_string("a\"\\\n"), "\"a\\\"\\\\\\u000a\""); }

}  // namespace
}  // namespace restante::cli
