#include "accounts/oauth/jwt.h"

#include <gtest/gtest.h>

#include "accounts/oauth/test_issuer.h"

namespace restante::accounts::oauth {
namespace {

const std::string kClaims = R"({"sub":"alice"})";

Status verify(const std::string& token, const std::string& jwk) {
  const auto parsed = parse_jwt(token);
  if (!parsed) return parsed.error();
  const auto keys = parse_jwks(key_set({jwk}));
  if (!keys || keys->empty()) return Error(Errc::kNotFound);
  return verify_signature(*parsed, keys->front());
}

TEST(Jwt, EveryAlgorithmVerifiesItsOwnSignatureOnly) {
  std::vector<std::unique_ptr<TestKey>> keys;
  for (const auto* alg :
       {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
    keys.push_back(std::make_unique<TestKey>(alg, "k"));
  for (const auto& signer : keys) {
    EXPECT_TRUE(verify(signer->token(kClaims), signer->jwk())) << signer->alg;
    for (const auto& other : keys) {
      if (other == signer) continue;
      const std::string header = R"({"alg":")" + other->alg + R"("})";
      EXPECT_FALSE(verify(signer->token_with(header, kClaims), signer->jwk()))
          << signer->alg << " said to be " << other->alg;
    }
    const TestKey strange(signer->alg, "k");
    const TestKey another(signer->alg, "k");
    EXPECT_FALSE(verify(signer->token(kClaims), strange.jwk()) &&
                 verify(signer->token(kClaims), another.jwk()))
        << signer->alg << " by a key of its kind";
  }
}

// RFC 7515 A.3.
TEST(Jwt, TheExampleOfEs256) {
  const std::string jwk =
      R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
      R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
  const std::string input =
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
      "cnVlfQ";
  const std::string signature =
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
  EXPECT_TRUE(verify(input + "." + signature, jwk));
  EXPECT_FALSE(verify(input + ".E" + signature.substr(1), jwk));
}

// RFC 8037 A.4: its payload is no JSON, so the signature alone.
TEST(Jwt, TheExampleOfEd25519) {
  const auto keys = parse_jwks(key_set(
      {R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"}));
  ASSERT_EQ(keys->size(), 1U);
  Jwt token;
  token.algorithm = "EdDSA";
  token.signed_part = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  token.signature = *decode_base64url(
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  EXPECT_TRUE(verify_signature(token, keys->front()));
  token.signature[0] = static_cast<char>(token.signature[0] ^ 1);
  EXPECT_FALSE(verify_signature(token, keys->front()));
}

TEST(Jwt, EveryChangedOctetIsNoticed) {
  const TestKey key("ES256", "k");
  const std::string token = key.token(kClaims);
  ASSERT_TRUE(verify(token, key.jwk()));
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify(changed, key.jwk())) << i;
    EXPECT_FALSE(verify(token.substr(0, i), key.jwk())) << i;
  }
}

// The classes of mistakes that JWT libraries were known for: "none", a public key as an HMAC's, a
// key from the header, another kind of key, an extension that must be understood.
TEST(Jwt, TheHeaderChoosesNothingDangerous) {
  const TestKey key("RS256", "k");
  const std::string jwk = key.jwk();
  for (const auto* alg : {"none", "None", "NONE", "", "HS256", "HS384", "HS512", "rs256", "RS1",
                          "RSA-OAEP", "ES256K", "ES256", "EdDSA"}) {
    const std::string header = std::string(R"({"alg":")") + alg + R"(","kid":"k"})";
    EXPECT_FALSE(verify(key.token_with(header, kClaims), jwk)) << alg;
    const std::string input = base64url(header) + '.' + base64url(kClaims);
    EXPECT_FALSE(verify(input + '.', jwk)) << alg;
    unsigned char mac[EVP_MAX_MD_SIZE];
    std::size_t length = 0;
    EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, jwk.data(), jwk.size(),
              reinterpret_cast<const unsigned char*>(input.data()), input.size(), mac, sizeof mac,
              &length);
    const std::string tag(reinterpret_cast<const char*>(mac), length);
    EXPECT_FALSE(verify(input + '.' + base64url(tag), jwk)) << alg;
  }
  const TestKey strange("RS256", "k");
  const std::string with_key = R"({"alg":"RS256","jwk":)" + strange.jwk() + "}";
  EXPECT_FALSE(verify(strange.token_with(with_key, kClaims), jwk));
  EXPECT_FALSE(parse_jwt(key.token_with(R"({"alg":"RS256","crit":["exp"]})", kClaims)));
  EXPECT_FALSE(parse_jwt(key.token_with(R"({"alg":"RS256","alg":"none"})", kClaims)));
  EXPECT_FALSE(parse_jwt(key.token_with(R"({"alg":"RS256"})", R"({"sub":"a","sub":"b"})")));
}

TEST(Jwt, KeysAreChosenByKidAndAlgorithm) {
  const TestKey key("RS256", "one");
  EXPECT_TRUE(verify(key.token(kClaims), key.jwk(R"(,"alg":"RS256")")));
  EXPECT_FALSE(verify(key.token(kClaims), key.jwk(R"(,"alg":"RS512")")));
  EXPECT_TRUE(verify(key.token_with(R"({"alg":"RS256"})", kClaims), key.jwk()));
  for (const auto* kid : {"two", "One", "../one", "one\\u0000", "https://evil.test/one"}) {
    const std::string header = std::string(R"({"alg":"RS256","kid":")") + kid + R"("})";
    EXPECT_FALSE(verify(key.token_with(header, kClaims), key.jwk())) << kid;
  }
}

TEST(Jwt, WhatIsNoToken) {
  for (const auto* text : {"", ".", "..", "a.b", "a.b.c", "a.b.c.d", "a.b.c.d.e", "e30.e30.",
                           "e30=.e30.AAAA", "W10.e30.AAAA", "e30.W10.AAAA"})
    EXPECT_FALSE(verify(text, TestKey("EdDSA", "k").jwk())) << text;
  EXPECT_EQ(parse_jwt(std::string(kTokenBytesMax + 1, 'a')).error().code, Errc::kLimit);
}

TEST(Jwt, SignaturesOfAnotherFormAreRefused) {
  const TestKey key("ES256", "k");
  const std::string token = key.token(kClaims);
  const std::string input = token.substr(0, token.rfind('.'));
  for (const std::string& signature :
       {std::string(64, '\0'), std::string(64, '\xff'), std::string(63, 'x'), std::string(65, 'x'),
        std::string("\x30\x06\x02\x01\x01\x02\x01\x01", 8)})
    EXPECT_FALSE(verify(input + '.' + base64url(signature), key.jwk()));
}

}  // namespace
}  // namespace restante::accounts::oauth
