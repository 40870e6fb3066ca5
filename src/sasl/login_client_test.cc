#include "sasl/login_client.h"

#include <gtest/gtest.h>

namespace restante::sasl {
namespace {

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
