#include "sasl/login.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/limits.h"

namespace restante::sasl {
namespace {

using std::string_literals::operator""s;

bool failed(const Step& step) { return std::holds_alternative<Error>(step); }

TEST(Login, PromptsForNameAndPassword) {
  LoginServer mechanism;
  const Step name = mechanism.start(std::nullopt);
  EXPECT_EQ(std::get<Challenge>(name).bytes, "Username:");
  const Step password = mechanism.respond("alice");
  EXPECT_EQ(std::get<Challenge>(password).bytes, "Password:");
  const Step done = mechanism.respond("p\xe4ss word");
  ASSERT_TRUE(std::holds_alternative<Credentials>(done));
  EXPECT_EQ(std::get<Credentials>(done).name, "alice");
  EXPECT_EQ(std::get<Credentials>(done).password.view(), "p\xe4ss word");
}

TEST(Login, TakesAnInitialResponseAsTheName) {
  LoginServer mechanism;
  EXPECT_EQ(std::get<Challenge>(mechanism.start("bob")).bytes, "Password:");
  const Step done = mechanism.respond("secret");
  ASSERT_TRUE(std::holds_alternative<Credentials>(done));
  EXPECT_EQ(std::get<Credentials>(done).name, "bob");
}

TEST(Login, AsksAgainWhenTheInitialResponseIsEmpty) {
  LoginServer mechanism;
  EXPECT_EQ(std::get<Challenge>(mechanism.start("")).bytes, "Username:");
}

TEST(Login, RefusesEmptyAndOverlongParts) {
  const auto start = [] {
    auto mechanism = std::make_unique<LoginServer>();
    static_cast<void>(mechanism->start(std::nullopt));
    return mechanism;
  };
  EXPECT_TRUE(failed(start()->respond("")));
  EXPECT_TRUE(failed(start()->respond("a\0b"s)));
  EXPECT_TRUE(failed(start()->respond(std::string(limits::kUserNameBytesMax + 1, 'n'))));
  for (const std::string& password :
       {""s, "a\0b"s, std::string(limits::kPasswordBytesMax + 1, 'p')}) {
    auto mechanism = start();
    EXPECT_FALSE(failed(mechanism->respond("alice")));
    EXPECT_TRUE(failed(mechanism->respond(password)));
  }
}

TEST(LoginClient, AnswersTwoPromptsOfAnyWordsAndNoThird) {
  LoginClient client({"tim", {}, SecretString("pencil")});
  EXPECT_FALSE(client.start().value().has_value());
  EXPECT_EQ(client.respond("User Name").value().view(), "tim");
  EXPECT_FALSE(client.finished());
  EXPECT_EQ(client.respond("").value().view(), "pencil");
  EXPECT_TRUE(client.finished());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client.respond("Password:").error().code, Errc::kSyntax);
    EXPECT_FALSE(client.finished());
  }
}

TEST(LoginClient, RefusesWhatCannotBeSaid) {
  EXPECT_FALSE(LoginClient({"tim", "bob", SecretString("pencil")}).start());
  EXPECT_FALSE(LoginClient({"", {}, SecretString("pencil")}).start());
  EXPECT_FALSE(LoginClient({"tim", {}, SecretString()}).start());
}

}  // namespace
}  // namespace restante::sasl
