#include "sasl/plain.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"

namespace restante::sasl {
namespace {

using std::string_literals::operator""s;

bool failed(const Step& step) { return std::holds_alternative<Error>(step); }

Step plain(const std::string& message) { return PlainServer().start(message); }

TEST(Plain, TakesNameAndPasswordApart) {
  const Step step = plain("\0alice\0open sesame"s);
  ASSERT_TRUE(std::holds_alternative<Credentials>(step));
  EXPECT_EQ(std::get<Credentials>(step).name, "alice");
  EXPECT_EQ(std::get<Credentials>(step).authorization, "");
  EXPECT_EQ(std::get<Credentials>(step).password.view(), "open sesame");
}

TEST(Plain, KeepsTheAuthorizationIdentityApart) {
  const Step step = plain("shared\0alice\0p\xc3\xa4ss"s);
  ASSERT_TRUE(std::holds_alternative<Credentials>(step));
  EXPECT_EQ(std::get<Credentials>(step).name, "alice");
  EXPECT_EQ(std::get<Credentials>(step).authorization, "shared");
  EXPECT_EQ(std::get<Credentials>(step).password.view(), "p\xc3\xa4ss");
}

TEST(Plain, AsksWithAnEmptyChallengeWhenThereIsNoInitialResponse) {
  PlainServer mechanism;
  const Step step = mechanism.start(std::nullopt);
  ASSERT_TRUE(std::holds_alternative<Challenge>(step));
  EXPECT_EQ(std::get<Challenge>(step).bytes, "");
  EXPECT_TRUE(std::holds_alternative<Credentials>(mechanism.respond("\0a\0b"s)));
}

TEST(Plain, RefusesWhatItsGrammarDoesNotAllow) {
  const std::string longest(limits::kUserNameBytesMax, 'n');
  const std::string longest_password(limits::kPasswordBytesMax, 'p');
  EXPECT_FALSE(failed(plain("\0"s + longest + "\0"s + longest_password)));
  for (const std::string& message :
       {""s, "alice"s, "\0"s, "\0\0"s, "\0alice"s, "\0alice\0"s, "\0\0secret"s, "\0a\0b\0"s,
        "\0a\0b\0c"s, "\0\xe4\0b"s, "\0a\0\xff"s, "\xc3\0a\0b"s, "\0a\nb\0c"s, "x\ty\0a\0b"s,
        "\0"s + longest + "n\0p"s, "\0a\0"s + longest_password + "p"s, longest + "n\0a\0b"s})
    EXPECT_TRUE(failed(plain(message))) << message;
}

ClientCredentials credentials(std::string_view name, std::string_view password,
                              std::string_view authorization = "") {
  return {std::string(name), std::string(authorization), SecretString(password)};
}

TEST(PlainClient, SaysTheExamplesOfTheRfc) {  // RFC 4616.
  PlainClient tim(credentials("tim", "tanstaaftanstaaf"));
  EXPECT_FALSE(tim.finished());
  EXPECT_EQ(tim.start().value()->view(), "\0tim\0tanstaaftanstaaf"s);
  EXPECT_TRUE(tim.finished());
  EXPECT_EQ(PlainClient(credentials("Kurt", "xipj3plmq", "Ursel")).start().value()->view(),
            "Ursel\0Kurt\0xipj3plmq"s);
}

TEST(PlainClient, RefusesWhatCannotBeSaid) {
  for (const auto& [name, password, authorization] :
       {std::tuple{""s, "x"s, ""s}, std::tuple{"a\0b"s, "x"s, ""s}, std::tuple{"a"s, ""s, ""s},
        std::tuple{"a"s, "x\0y"s, ""s}, std::tuple{"a"s, "\xff"s, ""s},
        std::tuple{"a"s, "x"s, "b\0"s}}) {
    PlainClient client(credentials(name, password, authorization));
    EXPECT_FALSE(client.start()) << name;
    EXPECT_FALSE(client.finished());
  }
}

TEST(PlainClient, HasNothingMoreToSay) {
  PlainClient client(credentials("a", "x"));
  static_cast<void>(client.start());
  EXPECT_FALSE(client.respond(""));
  EXPECT_FALSE(client.finished());
}

}  // namespace
}  // namespace restante::sasl
