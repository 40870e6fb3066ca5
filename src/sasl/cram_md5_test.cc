#include "sasl/cram_md5.h"

#include <gtest/gtest.h>

namespace restante::sasl {
namespace {

// RFC 2195 s.2.
const char* const kChallenge = "<1896.697170952@postoffice.reston.mci.net>";
const char* const kDigest = "b913a602c7eda7a495b4e6e7334d3890";

CramMd5Server make_server() {
  ExchangeContext context;
  context.unique_text = kChallenge;
  return CramMd5Server(context);
}

TEST(CramMd5, HandsOnTheExampleOfTheRfc) {
  CramMd5Server server = make_server();
  EXPECT_EQ(std::get<Challenge>(server.start(std::nullopt)).bytes, kChallenge);
  const Step step = server.respond("tim of reston " + std::string(kDigest));
  const auto* const digest = std::get_if<Digest>(&step);
  ASSERT_NE(digest, nullptr);
  EXPECT_EQ(digest->name, "tim of reston");
  EXPECT_EQ(digest->challenge, kChallenge);
  EXPECT_EQ(digest->digest, kDigest);
}

TEST(CramMd5, RefusesWhatBreaksTheGrammar) {
  CramMd5Server server = make_server();
  EXPECT_TRUE(std::holds_alternative<Error>(server.start("tim")));
  const std::string digest = kDigest;
  for (const std::string& bad :
       {std::string(), std::string("tim"), digest, " " + digest, "tim " + digest.substr(1),
        "tim " + digest + "0", std::string("tim B913A602C7EDA7A495B4E6E7334D3890"),
        std::string("tim  "), "t\nm " + digest})
    EXPECT_TRUE(std::holds_alternative<Error>(server.respond(bad))) << bad;
  EXPECT_TRUE(std::holds_alternative<Error>(CramMd5Server(ExchangeContext{}).start(std::nullopt)));
}

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
