#include "fetch/secrets/oauth_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

namespace restante::fetch {
namespace {

using testing::HasSubstr;

class TokenStoreTest : public testing::Test {
 protected:
  TokenStoreTest() {
    ::setenv("XDG_STATE_HOME", folder.c_str(), 1);
    account.name = "work";
    std::filesystem::remove_all(folder);
  }
  ~TokenStoreTest() override { std::filesystem::remove_all(folder); }
  TokenStore store() { return TokenStore(account, issuer, *stop); }

  const std::string folder = testing::TempDir() + fmt::format("restante_tokens_{}", ::getpid());
  const std::string file = folder + "/restante/tokens/work.json";
  profile::Account account;
  profile::Issuer issuer;
  Result<net::StopSignal> stop = net::StopSignal::create();
};

TEST_F(TokenStoreTest, KeepsTokensForItsOwnerAlone) {
  TokenStore tokens = store();
  ASSERT_TRUE(tokens.lock());
  EXPECT_FALSE(tokens.load()->has_value());
  ASSERT_TRUE(tokens.save(Tokens{SecretString("a\"\n"), SecretString("r"), 7}));
  const auto again = store().load();
  ASSERT_TRUE(again && again->has_value());
  EXPECT_EQ((*again)->access.view(), "a\"\n");
  EXPECT_EQ((*again)->refresh.view(), "r");
  EXPECT_EQ((*again)->expires, 7);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ::chmod(file.c_str(), 0644);
  EXPECT_THAT(store().load().error().detail, HasSubstr("chmod 600"));
}

TEST_F(TokenStoreTest, ForgetsTokens) {
  TokenStore tokens = store();
  ASSERT_TRUE(tokens.lock());
  ASSERT_TRUE(tokens.forget()) << "there are none";
  ASSERT_TRUE(tokens.save(Tokens{SecretString("a"), SecretString("r"), 7}));
  ASSERT_TRUE(tokens.forget());
  EXPECT_FALSE(tokens.load()->has_value());
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(TokenStoreTest, ATornFileIsNoToken) {
  TokenStore tokens = store();
  ASSERT_TRUE(tokens.lock());
  std::ofstream(file) << "{\"access";
  ::chmod(file.c_str(), 0600);
  EXPECT_EQ(tokens.load().error().code, Errc::kCorrupt);
}

TEST_F(TokenStoreTest, SaysWhereItCannotWrite) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/restante") << "no folder";
  EXPECT_THAT(store().lock().error().detail, HasSubstr("work.lock: Not a directory"));
}

}  // namespace
}  // namespace restante::fetch
