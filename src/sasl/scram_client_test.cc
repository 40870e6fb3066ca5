#include "sasl/scram_client.h"

#include <gtest/gtest.h>

#include "sasl/base64.h"
#include "sasl/scram_server.h"
#include "sasl/test_scram_examples.h"

namespace restante::sasl {
namespace {

ScramClient make(const ScramExample& example, ScramBinding binding = {}) {
  return {
      example.hash, {"user", {}, SecretString("pencil")}, std::move(binding), example.client_nonce};
}

TEST(ScramClient, GoesThroughTheExamplesOfTheRfcs) {
  for (const ScramExample& example : {kSha1Example, kSha256Example}) {
    ScramClient client = make(example);
    EXPECT_EQ(client.start().value()->view(), example.client_first);
    EXPECT_EQ(client.respond(example.server_first).value().view(), example.client_final);
    EXPECT_FALSE(client.finished());
    EXPECT_EQ(client.respond(example.server_final).value().view(), "");
    EXPECT_TRUE(client.finished());
    EXPECT_FALSE(client.respond(""));
    EXPECT_FALSE(client.finished());
  }
}

/// What the client makes of a server's last message.
Result<SecretString> last(const std::string& message) {
  ScramClient client = make(kSha256Example);
  static_cast<void>(client.start());
  static_cast<void>(client.respond(kSha256Example.server_first));
  auto answer = client.respond(message);
  EXPECT_EQ(client.finished(), answer.has_value());
  return answer;
}

TEST(ScramClient, AnyFlippedBitOfTheSignatureIsRefused) {
  const std::string signature =
      decode_base64(std::string_view(kSha256Example.server_final).substr(2)).value();
  for (std::size_t bit = 0; bit < signature.size() * 8; bit += 5) {
    std::string flipped = signature;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    std::string message = "v=";
    append_base64(flipped, message);
    EXPECT_EQ(last(message).error().code, Errc::kAuth) << bit;
  }
  for (const char* bad : {"", "v=", "v=AAAA", "v=*", "x=AAAA", "e=invalid-proof",
                          "e=", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=,m=x"})
    EXPECT_FALSE(last(bad)) << bad;
  EXPECT_EQ(last("e=invalid-proof").error().code, Errc::kAuth);
}

Errc first_error(const std::string& message) {
  ScramClient client = make(kSha256Example);
  static_cast<void>(client.start());
  const auto answer = client.respond(message);
  EXPECT_FALSE(answer) << message;
  EXPECT_EQ(client.respond(kSha256Example.server_first).error().code,
            Errc::kState);  // Of no more use.
  return answer ? Errc::kNotFound : answer.error().code;
}

TEST(ScramClient, AnotherNonceIsRefused) {
  const std::string rest = ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  EXPECT_EQ(first_error("r=rOprNGfwEbeRWgbNEkqO" + rest), Errc::kAuth);  // Ours alone.
  EXPECT_EQ(first_error("r=rOprNGfwEbeRWgbNEkqP%hvYDp" + rest), Errc::kAuth);
  EXPECT_EQ(first_error("r=x" + rest), Errc::kAuth);
  EXPECT_EQ(first_error("r=xrOprNGfwEbeRWgbNEkqO" + rest), Errc::kAuth);
}

TEST(ScramClient, RefusesServersThatAskTooLittleOrTooMuch) {
  const std::string front = "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=";
  for (const char* count : {"1", "4095", "10000001", "4294967295"})
    EXPECT_EQ(first_error(front + count), Errc::kLimit) << count;
  for (const char* count : {"", "0x1000", "-4096", "4294967296", " 4096", "99999999999999999999"})
    static_cast<void>(first_error(front + count));
}

TEST(ScramClient, RefusesFirstMessagesThatBreakTheGrammar) {
  const std::string whole = kSha256Example.server_first;
  for (std::size_t cut = 0; cut + 1 < whole.size(); ++cut)
    static_cast<void>(first_error(whole.substr(0, cut)));
  for (const std::string& bad : {"m=x," + whole, whole + ",", whole + ",m=x", whole + ",!",
                                 std::string("r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096"),
                                 std::string("r=rOprNGfwEbeRWgbNEkqOx,s=*,i=4096")})
    EXPECT_EQ(first_error(bad), Errc::kSyntax) << bad;
}

TEST(ScramClient, RefusesWhatCannotBeSaid) {
  const auto start = [](const char* name, const char* password, const char* authorization) {
    return ScramClient(Hash::kSha256, {name, authorization, SecretString(password)}, {}, "r")
        .start();
  };
  EXPECT_FALSE(start("", "x", ""));
  EXPECT_FALSE(start("a", "", ""));
  EXPECT_FALSE(start("\xff", "x", ""));
  EXPECT_FALSE(start("a", "x\x07", ""));  // Prohibited by SASLprep.
  EXPECT_FALSE(start("a", "x", "b\n"));
  EXPECT_EQ(start("a,=", "x", "b,").value()->view(), "n,a=b=2C,n=a=2C=3D,r=r");
  EXPECT_EQ(start("I\xc2\xadX", "x", "").value()->view(), "n,,n=IX,r=r");  // RFC 4013 s.3.
  EXPECT_EQ(make(kSha256Example).respond(kSha256Example.server_first).error().code, Errc::kState);
}

TEST(ScramClient, SaysWhatItKnowsOfChannelBinding) {
  EXPECT_TRUE(make(kSha1Example, {'y', {}}).start().value()->view().starts_with("y,,n=user"));
  ScramClient bound = make(kSha1Example, {'p', {"tls-exporter", "exported"}});
  EXPECT_TRUE(bound.start().value()->view().starts_with("p=tls-exporter,,n=user"));
  std::string expected = "c=";
  append_base64("p=tls-exporter,,exported", expected);
  EXPECT_TRUE(
      bound.respond(kSha1Example.server_first).value().view().starts_with(expected + ",r="));
}

}  // namespace
}  // namespace restante::sasl
