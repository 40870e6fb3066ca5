#include "pop3/authorization.h"

#include <gtest/gtest.h>

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
  SessionContext context_{settings_, {.stls_available = true, .plaintext_allowed = true}};
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
  EXPECT_EQ(credentials->password, " open sesame ");
  EXPECT_FALSE(say("PASS again")) << "the name is used up";
}

TEST_F(AuthorizationTest, HandsOverTheDigestOfApop) {
  const auto credentials = say("APOP alice c4c9334bac560ecc979e58001b3e22fb");
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->method, "APOP");
  EXPECT_EQ(credentials->name, "alice");
  EXPECT_EQ(credentials->password, "c4c9334bac560ecc979e58001b3e22fb");
}

TEST_F(AuthorizationTest, HandsOverTheAuthorizationIdentityOfPlain) {
  const auto credentials = say("AUTH plain c2hhcmVkAGFsaWNlAHNlY3JldA==");
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->method, "PLAIN");
  EXPECT_EQ(credentials->name, "alice");
  EXPECT_EQ(credentials->authorization, "shared");
  EXPECT_EQ(credentials->password, "secret");
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

}  // namespace
}  // namespace restante::pop3
