#include "pop3/authorization.h"

#include <gtest/gtest.h>

#include "pop3/memory_driver.h"
#include "sasl/base64.h"

namespace restante::pop3 {
namespace {

class AuthorizationTest : public ::testing::Test {
 protected:
  /// The credentials that come of a command line, if any.
  std::optional<Credentials> say(std::string_view line) {
    const auto command = parse_command(line);
    if (!command) return std::nullopt;
    return found(authorization_.handle(*command));
  }
  std::optional<Credentials> answer(std::string_view line) {
    return found(authorization_.exchange_line(line));
  }

  ServerSettings settings_;
  SharedState context_{settings_, {.stls_available = true, .plaintext_allowed = true}};
  Authorization authorization_{context_};

 private:
  static std::optional<Credentials> found(const Outcome& outcome) {
    if (!outcome || !std::holds_alternative<Authenticate>(*outcome)) return std::nullopt;
    return std::get<Authenticate>(*outcome).credentials;
  }
};

TEST_F(AuthorizationTest, HandsOverWhatUserAndPassSay) {
  EXPECT_FALSE(say("USER alice"));
  const auto credentials = say("PASS  open sesame ");
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->method, "USER");
  EXPECT_EQ(credentials->name, "alice");
  EXPECT_EQ(credentials->authorization, "");
  EXPECT_EQ(credentials->password.view(), " open sesame ");
  EXPECT_FALSE(say("PASS again")) << "the name is used up";
}

TEST_F(AuthorizationTest, HandsOverTheDigestOfApop) {
  const auto credentials = say("APOP alice c4c9334bac560ecc979e58001b3e22fb");
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->method, "APOP");
  EXPECT_EQ(credentials->name, "alice");
  EXPECT_EQ(credentials->password.view(), "c4c9334bac560ecc979e58001b3e22fb");
}

TEST_F(AuthorizationTest, HandsOverTheAuthorizationIdentityOfPlain) {
  const auto credentials = say("AUTH plain c2hhcmVkAGFsaWNlAHNlY3JldA==");
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->method, "PLAIN");
  EXPECT_EQ(credentials->name, "alice");
  EXPECT_EQ(credentials->authorization, "shared");
  EXPECT_EQ(credentials->password.view(), "secret");
}

TEST_F(AuthorizationTest, IsInAnExchangeUntilItEnds) {
  EXPECT_FALSE(say("AUTH LOGIN"));
  EXPECT_TRUE(authorization_.in_exchange());
  EXPECT_FALSE(answer("YWxpY2U="));
  const auto credentials = answer("c2VjcmV0");
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->method, "LOGIN");
  EXPECT_FALSE(authorization_.in_exchange());
}

TEST_F(AuthorizationTest, EndsAnExchangeAtEveryMistake) {
  for (const char* line : {"*", "!", "", "YWxpY2U", "YQBi"}) {
    EXPECT_FALSE(say("AUTH LOGIN"));
    EXPECT_FALSE(answer(line));
    EXPECT_FALSE(authorization_.in_exchange()) << line;
  }
}

TEST_F(AuthorizationTest, CountsFailedLogins) {
  for (std::uint32_t i = 0; i < limits::kLoginAttemptsMax; ++i) {
    EXPECT_FALSE(authorization_.too_many_attempts());
    authorization_.login_failed(LoginFailure::kWrong);
  }
  EXPECT_TRUE(authorization_.too_many_attempts());
}

// With all that OAUTHBEARER puts around it, and in pieces as a connection brings it.
TEST(Authorization, TakesTokensOf16KiB) {
  const std::string token(16384, 't');
  std::string line = "AUTH OAUTHBEARER ";
  sasl::append_base64("n,a=" + std::string(300, 'n') + ",\x01host=h\x01port=110\x01" +
                          "auth=Bearer " + token + "\x01\x01",
                      line);
  line += "\r\n";
  MemoryWorld world;
  world.channel.plaintext_allowed = true;
  world.settings.mechanisms = {sasl::MechanismId::kOauthBearer};
  world.accounts[std::string(300, 'n')] = token;
  MemoryDriver driver(world);
  for (std::size_t at = 0; at < line.size(); at += 4096) driver.feed(line.substr(at, 4096));
  EXPECT_TRUE(driver.session().is_logged_in());
  ASSERT_EQ(driver.logins().size(), 1U);
  EXPECT_EQ(driver.logins()[0].password.view(), token);
  EXPECT_EQ(driver.logins()[0].proof, Proof::kToken);
}

}  // namespace
}  // namespace restante::pop3
