#include "sasl/scram.h"

#include <gtest/gtest.h>

#include "sasl/base64.h"
#include "sasl/test_scram_examples.h"

namespace restante::sasl {
namespace {

using Binding = ScramServer::Binding;

ScramKeys keys_of(const ScramExample& example, std::string_view password = "pencil") {
  return derive_scram_keys(example.hash, password, decode_base64(example.salt).value(), 4096);
}

std::string sent(const Step& step) {
  const auto* const challenge = std::get_if<Challenge>(&step);
  return challenge == nullptr ? "(no challenge)" : challenge->bytes;
}
bool broken(const Step& step) { return std::holds_alternative<Error>(step); }

TEST(ScramServer, GoesThroughTheExamplesOfTheRfcs) {
  for (const ScramExample& example : {kSha1Example, kSha256Example}) {
    ScramServer server(example.hash, Binding::kNone, {});
    EXPECT_EQ(sent(server.start(std::nullopt)), "");
    const Step first = server.respond(example.client_first);
    ASSERT_TRUE(std::holds_alternative<KeysWanted>(first));
    EXPECT_EQ(std::get<KeysWanted>(first).name, "user");
    EXPECT_EQ(std::get<KeysWanted>(first).hash, example.hash);
    EXPECT_EQ(sent(server.keys(keys_of(example), example.server_nonce)), example.server_first);
    EXPECT_EQ(sent(server.respond(example.client_final)), example.server_final);
    const Step last = server.respond("");
    ASSERT_TRUE(std::holds_alternative<Proven>(last));
    EXPECT_EQ(std::get<Proven>(last).name, "user");
    EXPECT_EQ(std::get<Proven>(last).authorization, "");
  }
}

/// The step that the client's last message leads to.
Step last_step(const std::string& client_final, const ScramKeys& keys = keys_of(kSha256Example)) {
  ScramServer server(Hash::kSha256, Binding::kNone, {});
  static_cast<void>(server.start(kSha256Example.client_first));
  static_cast<void>(server.keys(keys, kSha256Example.server_nonce));
  return server.respond(client_final);
}

TEST(ScramServer, AnyFlippedBitOfTheProofIsDisproof) {
  const std::string whole = kSha256Example.client_final;
  const std::size_t place = whole.find(",p=") + 3;
  std::string proof = decode_base64(whole.substr(place)).value();
  for (std::size_t bit = 0; bit < proof.size() * 8; ++bit) {
    std::string flipped = proof;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    std::string message = whole.substr(0, place);
    append_base64(flipped, message);
    EXPECT_TRUE(std::holds_alternative<Disproven>(last_step(message))) << bit;
  }
  for (const std::size_t size : {std::size_t{1}, std::size_t{31}, std::size_t{33}}) {
    std::string message = whole.substr(0, place);
    append_base64(std::string(size, 'x'), message);
    EXPECT_TRUE(std::holds_alternative<Disproven>(last_step(message))) << size;
  }
}

TEST(ScramServer, OtherKeysAreDisproof) {
  const Step step = last_step(kSha256Example.client_final, keys_of(kSha256Example, "pencils"));
  ASSERT_TRUE(std::holds_alternative<Disproven>(step));
  EXPECT_EQ(std::get<Disproven>(step).name, "user");
}

// With the proof that is right for the unchanged message: the whole message is signed.
TEST(ScramServer, AnotherNonceOrHeaderIsDisproof) {
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"c=biws", "c=eSws"},
                                 {"c=biws", "c="},
                                 {"$k0,", "$k1,"},
                                 {"rOprNG", "rOprNH"}}) {
    std::string message = kSha256Example.client_final;
    message.replace(message.find(from), from.size(), to);
    EXPECT_TRUE(std::holds_alternative<Disproven>(last_step(message))) << message;
  }
}

TEST(ScramServer, RefusesFirstMessagesThatBreakTheGrammar) {
  for (const char* bad : {"",
                          "n",
                          "n,",
                          "n,,",
                          "n,,n=user",
                          "n,,n=,r=x",
                          "n,,n=user,r=",
                          "n,,r=x,n=user",
                          "x,,n=user,r=x",
                          "n,,n=us=er,r=x",
                          "n,,n=us=2cer,r=x",
                          "n,,n=user=3,r=x",
                          "n,b=x,n=user,r=x",
                          "n,a=,n=user,r=x",
                          "n,,m=ext,n=user,r=x",
                          "n,,n=user,r=x,m=ext",
                          "n,,n=user,r=x,",
                          "n,,n=user,r=x,y",
                          "n,,n=user,r=a b",
                          "n,,n=\xff,r=x",
                          "nn,,n=user,r=x",
                          "p,,n=user,r=x",
                          "p=,,n=user,r=x",
                          "p=tls-unique,,n=user,r=x",
                          "n,,n=a\nb,r=x",
                          " n,,n=user,r=x"}) {
    ScramServer server(Hash::kSha256, Binding::kNone, {});
    EXPECT_TRUE(broken(server.start(bad))) << bad;
  }
  const std::string long_nonce = "n,,n=user,r=" + std::string(513, 'r');
  EXPECT_TRUE(broken(ScramServer(Hash::kSha256, Binding::kNone, {}).start(long_nonce)));
}

TEST(ScramServer, TakesNamesWithCommasIdentitiesAndExtensions) {
  ScramServer server(Hash::kSha256, Binding::kNone, {});
  const Step first = server.start("y,a=bo=3Db,n=al=2Cice=3D,r=x,z=future");
  ASSERT_TRUE(std::holds_alternative<KeysWanted>(first));
  EXPECT_EQ(std::get<KeysWanted>(first).name, "al,ice=");
}

TEST(ScramServer, RefusesFinalMessagesThatBreakTheGrammar) {
  const std::string whole = kSha256Example.client_final;
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    const Step step = last_step(whole.substr(0, cut));
    EXPECT_TRUE(broken(step) || std::holds_alternative<Disproven>(step)) << cut;
  }
  for (const std::string& bad :
       {whole + ",x=1", whole + "!", whole + ",", "m=x," + whole, "c=biws,p=" + whole,
        std::string("c=*,r=x,p=AAAA"), std::string("n,,")})
    EXPECT_TRUE(broken(last_step(bad))) << bad;
}

TEST(ScramServer, WrongOrderIsRefused) {
  ScramServer server(Hash::kSha256, Binding::kNone, {});
  EXPECT_TRUE(broken(server.keys(keys_of(kSha256Example), "x")));
  static_cast<void>(server.start(kSha256Example.client_first));
  EXPECT_TRUE(broken(server.respond(kSha256Example.client_final)));
  static_cast<void>(server.keys(keys_of(kSha256Example), kSha256Example.server_nonce));
  EXPECT_TRUE(broken(server.keys(keys_of(kSha256Example), "x")));
  EXPECT_EQ(sent(server.respond(kSha256Example.client_final)), kSha256Example.server_final);
  EXPECT_TRUE(broken(server.respond("more")));
}

ExchangeContext bound_context() {
  ExchangeContext context;
  context.bindings = {{"tls-exporter", "exported"}, {"tls-unique", "finished"}};
  context.binding_offered = true;
  return context;
}

TEST(ScramServer, ADowngradeIsSeen) {
  for (const Hash hash : {Hash::kSha1, Hash::kSha256}) {
    // The client can do channel binding and was not told that we can.
    EXPECT_TRUE(broken(ScramServer(hash, Binding::kNone, bound_context()).start("y,,n=u,r=x")));
    EXPECT_FALSE(broken(ScramServer(hash, Binding::kNone, bound_context()).start("n,,n=u,r=x")));
    EXPECT_FALSE(broken(ScramServer(hash, Binding::kNone, {}).start("y,,n=u,r=x")));
  }
}

TEST(ScramServer, WithPlusTheClientHasToBind) {
  for (const char* bad :
       {"n,,n=u,r=x", "y,,n=u,r=x", "p=tls-server-end-point,,n=u,r=x", "p=TLS-UNIQUE,,n=u,r=x"})
    EXPECT_TRUE(broken(ScramServer(Hash::kSha256, Binding::kRequired, bound_context()).start(bad)))
        << bad;
  EXPECT_TRUE(
      broken(ScramServer(Hash::kSha256, Binding::kRequired, {}).start("p=tls-unique,,n=u,r=x")));
}

/// What a client with these channel data says last, by its own arithmetic.
std::string bound_final(std::string_view type, std::string_view data) {
  std::string binding = "p=" + std::string(type) + ",,";
  const std::string bare = "n=user,r=abc";
  std::string without_proof = "c=";
  append_base64(binding + std::string(data), without_proof);
  without_proof += ",r=abcdef";
  std::string salt;
  append_base64("salt", salt);
  const std::string all = bare + ",r=abcdef,s=" + salt + ",i=4096," + without_proof;
  const std::string client_key =
      hmac(Hash::kSha256, pbkdf2(Hash::kSha256, "pencil", "salt", 4096), "Client Key");
  std::string out = without_proof + ",p=";
  append_base64(
      exclusive_or(client_key, hmac(Hash::kSha256, digest(Hash::kSha256, client_key), all)), out);
  return out;
}

TEST(ScramServer, OnlyTheDataOfThisChannelBind) {
  for (const auto& [type, data, right] :
       {std::tuple{"tls-exporter", "exported", true}, std::tuple{"tls-unique", "finished", true},
        std::tuple{"tls-exporter", "finished", false}, std::tuple{"tls-unique", "", false},
        std::tuple{"tls-exporter", "somebody else's", false}}) {
    ScramServer server(Hash::kSha256, Binding::kRequired, bound_context());
    static_cast<void>(server.start("p=" + std::string(type) + ",,n=user,r=abc"));
    static_cast<void>(server.keys(derive_scram_keys(Hash::kSha256, "pencil", "salt", 4096), "def"));
    const Step step = server.respond(bound_final(type, data));
    EXPECT_EQ(std::holds_alternative<Challenge>(step), right) << type << data;
    EXPECT_EQ(std::holds_alternative<Disproven>(step), !right) << type << data;
  }
}

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
