#include "sasl/bearer_client.h"

#include <gtest/gtest.h>

#include "sasl/base64.h"

namespace restante::sasl {
namespace {

using Dialect = BearerClient::Dialect;
const char* const kToken = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

BearerClient make(Dialect dialect, std::string_view token = kToken) {
  return {dialect, {"user@example.com", {}, SecretString(token)}, {"server.example.com", 143}};
}

TEST(BearerClient, SaysTheExampleOfTheRfc) {  // RFC 7628 s.4.1.
  BearerClient client = make(Dialect::kOauthBearer);
  EXPECT_FALSE(client.finished());
  std::string text;
  append_base64(*client.start().value(), text);
  EXPECT_EQ(text,
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcm"
            "VyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB");
  EXPECT_TRUE(client.finished());
}

TEST(BearerClient, SaysXoauth2) {
  BearerClient client = make(Dialect::kXoauth2, "t");
  EXPECT_EQ(client.start().value()->view(),
            "user=user@example.com\x01"
            "auth=Bearer t\x01\x01");
}

TEST(BearerClient, AnswersTheRefusalAndKeepsTheReason) {  // RFC 7628 s.3.2.3.
  for (const auto& [dialect, answer] :
       {std::pair{Dialect::kOauthBearer, "\x01"}, std::pair{Dialect::kXoauth2, ""}}) {
    BearerClient client = make(dialect);
    static_cast<void>(client.start());
    EXPECT_EQ(client.respond(R"({"status":"invalid_token"})").value().view(), answer);
    EXPECT_FALSE(client.finished());
    EXPECT_EQ(client.refusal(), R"({"status":"invalid_token"})");
    EXPECT_EQ(client.respond("").error().code, Errc::kAuth);
    EXPECT_FALSE(client.finished());
  }
}

TEST(BearerClient, KeepsLittleOfALongReason) {
  BearerClient client = make(Dialect::kOauthBearer);
  static_cast<void>(client.start());
  static_cast<void>(client.respond(std::string(100'000, 'x')));
  EXPECT_EQ(client.refusal().size(), 1024U);
}

TEST(BearerClient, RefusesWhatCannotBeSaid) {
  for (const Dialect dialect : {Dialect::kOauthBearer, Dialect::kXoauth2}) {
    for (const char* token : {"", "t\n", "a b", "t\x01"})
      EXPECT_FALSE(make(dialect, token).start()) << token;
    EXPECT_FALSE(BearerClient(dialect, {"a", "b", SecretString("t")}, {"h", 1}).start());
    EXPECT_FALSE(
        BearerClient(dialect, {"a", {}, SecretString("t")}, {"h\x01user=root", 1}).start());
    EXPECT_EQ(make(dialect).respond("").error().code, Errc::kState);
  }
  EXPECT_FALSE(BearerClient(Dialect::kXoauth2, {"", {}, SecretString("t")}, {"h", 1}).start());
}

}  // namespace
}  // namespace restante::sasl
