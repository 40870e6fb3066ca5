#include "fetch/secrets/secret_source.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace restante::fetch {
namespace {

using profile::SecretSource;
using testing::HasSubstr;
using Kind = SecretSource::Kind;

class SecretSourceTest : public testing::Test {
 protected:
  SecretSourceTest() {
    account.name = "work";
    account.user = "u";
    account.host = "h";
  }
  ~SecretSourceTest() override { std::filesystem::remove(file); }

  Result<Credential> get(Kind kind, const std::string& value = {}) {
    account.secret.kind = kind;
    account.secret.value = value;
    return credential_of(account, SecretContext{profile, *stop, ask});
  }
  std::string write(const std::string& text, mode_t mode) {
    std::ofstream(file) << text;
    ::chmod(file.c_str(), mode);
    return file;
  }

  profile::Account account;
  profile::Profile profile;
  AskPerson ask;
  Result<net::StopSignal> stop = net::StopSignal::create();
  const std::string file = testing::TempDir() + fmt::format("restante_secret_{}", ::getpid());
};

TEST_F(SecretSourceTest, CommandsAndTokens) {
  EXPECT_EQ(get(Kind::kCommand, "echo pass; echo more")->secret.view(), "pass");
  EXPECT_EQ(get(Kind::kTokenCommand, "echo token")->kind, sasl::CredentialKind::kToken);
  EXPECT_THAT(get(Kind::kCommand, "true").error().detail,
              HasSubstr("password_command of work gave an empty line"));
  account.secret.command = {"printf", "%s", "words"};
  EXPECT_EQ(get(Kind::kCommand)->secret.view(), "words");
}

TEST_F(SecretSourceTest, FilesThatOnlyTheirOwnerMayRead) {
  EXPECT_EQ(get(Kind::kFile, write("pass\r\nx\n", 0600))->secret.view(), "pass");
  EXPECT_THAT(get(Kind::kFile, write("pass\n", 0640)).error().detail, HasSubstr("chmod 600"));
  EXPECT_EQ(get(Kind::kFile, write("\n", 0600)).error().code, Errc::kSyntax);
  EXPECT_EQ(get(Kind::kFile, "/nonexistent").error().code, Errc::kAuth);
  EXPECT_EQ(get(Kind::kFile, "/").error().code, Errc::kIo);
}

TEST_F(SecretSourceTest, InlineAndCertificate) {
  account.secret.text = SecretString("inline");
  EXPECT_EQ(get(Kind::kInline)->secret.view(), "inline");
  EXPECT_EQ(get(Kind::kNone)->kind, sasl::CredentialKind::kCertificate);
}

TEST_F(SecretSourceTest, AsksAPersonWhenThereIsOne) {
  EXPECT_THAT(get(Kind::kPrompt).error().detail, HasSubstr("configure password_command"));
  ask = [](const std::string& prompt) -> Result<SecretString> {
    EXPECT_EQ(prompt, "Password of u at h: ");
    return SecretString("typed");
  };
  EXPECT_EQ(get(Kind::kPrompt)->secret.view(), "typed");
}

TEST_F(SecretSourceTest, KeyringIsAskedAsMpopDoes) {
  EXPECT_THAT(keyring_attributes(account),
              testing::ElementsAre("host", "h", "service", "pop3", "user", "u"));
}

TEST_F(SecretSourceTest, OauthWithoutALoginSaysHowToLogIn) {
  const std::string state = testing::TempDir() + fmt::format("restante_state_{}", ::getpid());
  ::setenv("XDG_STATE_HOME", state.c_str(), 1);
  profile.issuers.emplace_back().name = "own";
  const auto none = get(Kind::kOauth, "own");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::kAuth);
  EXPECT_THAT(none.error().detail, HasSubstr("restante account login work"));
  std::filesystem::remove_all(state);
}

}  // namespace
}  // namespace restante::fetch
