#include "sasl/cram_md5_client.h"

#include <gtest/gtest.h>

namespace restante::sasl {
namespace {

// RFC 2195 s.2.
const char* const kChallenge = "<1896.697170952@postoffice.reston.mci.net>";

TEST(CramMd5Client, SaysTheExampleOfTheRfcOnce) {
  CramMd5Client client({"tim", {}, SecretString("tanstaaftanstaaf")});
  EXPECT_FALSE(client.start().value().has_value());
  EXPECT_FALSE(client.finished());
  EXPECT_EQ(client.respond(kChallenge).value().view(), "tim b913a602c7eda7a495b4e6e7334d3890");
  EXPECT_TRUE(client.finished());
  EXPECT_EQ(client.respond(kChallenge).error().code, Errc::kSyntax);
  EXPECT_FALSE(client.finished());
}

TEST(CramMd5Client, DigestsNoEmptyChallenge) {
  CramMd5Client client({"tim", {}, SecretString("x")});
  EXPECT_FALSE(client.respond(kChallenge));  // Not begun.
  static_cast<void>(client.start());
  EXPECT_EQ(client.respond("").error().code, Errc::kSyntax);
  EXPECT_FALSE(client.finished());
}

TEST(CramMd5Client, RefusesWhatCannotBeSaid) {
  EXPECT_FALSE(CramMd5Client({"tim", "bob", SecretString("x")}).start());
  EXPECT_FALSE(CramMd5Client({"", {}, SecretString("x")}).start());
  EXPECT_FALSE(CramMd5Client({"tim", {}, SecretString()}).start());
}

}  // namespace
}  // namespace restante::sasl
