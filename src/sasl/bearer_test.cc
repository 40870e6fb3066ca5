#include "sasl/bearer.h"

#include <gtest/gtest.h>

#include "sasl/base64.h"

namespace restante::sasl {
namespace {

using Dialect = BearerDialect;
using namespace std::string_literals;

// RFC 7628 s.4.1.
const char* const kExample =
    "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOW"
    "RmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB";
const char* const kExampleToken = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

TEST(BearerServer, TakesTheExampleOfTheRfc) {
  BearerServer server(Dialect::kOauthBearer);
  const Step step = server.start(decode_base64(kExample).value());
  ASSERT_TRUE(std::holds_alternative<Token>(step));
  EXPECT_EQ(std::get<Token>(step).name, "user@example.com");
  EXPECT_EQ(std::get<Token>(step).token.view(), kExampleToken);
  EXPECT_EQ(format_oauth_bearer({"user@example.com", SecretString(kExampleToken)},
                                {"server.example.com", 143}),
            decode_base64(kExample).value());
}

// RFC 7628 s.3.2.3: first the reason, then any answer of the client, then the end.
TEST(BearerServer, SaysWhyATokenIsRefused) {
  for (const Dialect dialect : {Dialect::kOauthBearer, Dialect::kXoauth2}) {
    BearerServer server(dialect);
    EXPECT_EQ(std::get<Challenge>(server.start(std::nullopt)).bytes, "");
    const char* const message = dialect == Dialect::kXoauth2 ? "user=a@b\x01"
                                                               "auth=Bearer t\x01\x01"
                                                             : "n,,\x01"
                                                               "auth=Bearer t\x01\x01";
    ASSERT_TRUE(std::holds_alternative<Token>(server.respond(message)));
    const std::string why = std::get<Challenge>(server.refused()).bytes;
    EXPECT_EQ(why.substr(0, 11), "{\"status\":\"");
    for (const char* answer : {"\x01", ""})
      EXPECT_EQ(std::get<Error>(server.respond(answer)).code, Errc::kAuth);
  }
}

TEST(BearerMessages, RefusesWhatBreaksTheGrammar) {
  for (const std::string& bad : {""s,
                                 "\x01"s,
                                 "n,,"s,
                                 "n,,\x01"s,
                                 "n,,\x01\x01"s,
                                 "n,,\x01"
                                 "auth=Bearer t\x01"s,
                                 "n,,\x01"
                                 "auth=Bearer t"s,
                                 "n,,\x01"
                                 "auth=Bearer t\x01\x01\x01"s,
                                 "n,,\x01"
                                 "auth=Bearer t\x01\x01x"s,
                                 "p=tls-unique,,\x01"
                                 "auth=Bearer t\x01\x01"s,
                                 "n,,\x01"
                                 "auth=Basic t\x01\x01"s,
                                 "n,,\x01"
                                 "auth=Bearer \x01\x01"s,
                                 "n,,\x01"
                                 "auth=Bearer a b\x01\x01"s,
                                 "n,,\x01"
                                 "auth=Bearer =\x01\x01"s,
                                 "n,,\x01"
                                 "auth=Bearer t\x01"
                                 "auth=Bearer t\x01\x01"s,
                                 "n,,\x01"
                                 "=x\x01\x01"s,
                                 "n,,\x01"
                                 "h0st=x\x01"
                                 "auth=Bearer t\x01\x01"s,
                                 "n,,\x01host=x\x01\x01"s,
                                 "n,a=,\x01"
                                 "auth=Bearer t\x01\x01"s,
                                 "n,,\x01host=\xff\x01"
                                 "auth=Bearer t\x01\x01"s,
                                 "n,,auth=Bearer t\x01\x01"s})
    EXPECT_FALSE(parse_oauth_bearer(bad)) << bad;
  for (const std::string& bad : {""s, "user=a"s,
                                 "user=\x01"
                                 "auth=Bearer t\x01\x01"s,
                                 "user=a\x01"
                                 "auth=Bearer t\x01"s,
                                 "User=a\x01"
                                 "auth=Bearer t\x01\x01"s,
                                 "user=\xff\x01"
                                 "auth=Bearer t\x01\x01"s,
                                 "user=a\x01\x01"s,
                                 "n,a=a,\x01"
                                 "auth=Bearer t\x01\x01"s})
    EXPECT_FALSE(parse_xoauth2(bad)) << bad;
}

TEST(BearerMessages, EveryCutIsRefused) {
  const std::string whole = decode_base64(kExample).value();
  for (std::size_t cut = 0; cut < whole.size(); ++cut)
    EXPECT_FALSE(parse_oauth_bearer(whole.substr(0, cut))) << cut;
}

TEST(BearerMessages, TakesTokensOf16KiB) {
  const std::string token(16384, 't');
  const auto parsed =
      parse_oauth_bearer(format_oauth_bearer({"a,b=c@d", SecretString(token)}, {"h", 1}));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->name, "a,b=c@d");
  EXPECT_EQ(parsed->token.view(), token);
  EXPECT_EQ(parse_xoauth2(format_xoauth2({"a@d", SecretString(token)}))->token.view(), token);
}

BearerClient make(Dialect dialect, std::string_view token = kExampleToken) {
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
