#include "accounts/oauth/jwk.h"

#include <gtest/gtest.h>

#include "accounts/oauth/test_issuer.h"

namespace restante::accounts::oauth {
namespace {

std::size_t count(const std::vector<std::string>& jwks) {
  const auto keys = parse_jwks(key_set(jwks));
  EXPECT_TRUE(keys);
  return keys ? keys->size() : 0;
}

TEST(Jwk, EveryKind) {
  const std::vector<std::pair<std::string, KeyKind>> kinds = {{"RS256", KeyKind::kRsa},
                                                              {"ES256", KeyKind::kP256},
                                                              {"ES384", KeyKind::kP384},
                                                              {"ES512", KeyKind::kP521},
                                                              {"EdDSA", KeyKind::kEd25519}};
  std::vector<std::string> jwks;
  for (const auto& [alg, kind] : kinds) jwks.push_back(TestKey(alg, "k-" + alg).jwk());
  const auto keys = parse_jwks(key_set(jwks));
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), kinds.size());
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    EXPECT_EQ((*keys)[i].kind, kinds[i].second);
    EXPECT_EQ((*keys)[i].kid, "k-" + kinds[i].first);
    EXPECT_EQ((*keys)[i].algorithm, "");
  }
}

// RFC 7517 s.5: what is not understood is left out, and the rest counts.
TEST(Jwk, KeysThatCannotVerifyAreLeftOut) {
  const TestKey good("ES256", "good");
  const std::string jwk = good.jwk();
  EXPECT_EQ(count({good.jwk(R"(,"use":"sig","alg":"ES256","key_ops":["verify"])")}), 1U);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = jwk;
    changed.replace(changed.find(from), from.size(), to);
    return changed;
  };
  for (const std::string& bad :
       {good.jwk(R"(,"use":"enc")"), good.jwk(R"(,"use":1)"), good.jwk(R"(,"key_ops":["sign"])"),
        good.jwk(R"(,"key_ops":"verify")"), with("P-256", "P-384"), with("P-256", "secp256k1"),
        with(R"("EC")", R"("oct")"), with(R"("EC")", R"("RSA")"), with(R"("x":")", R"("x":"A)"),
        with(R"("x":")", R"("z":")"), std::string(R"({"kty":"oct","k":"c2VjcmV0"})"),
        std::string(R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})"),
        std::string(R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})"),
        std::string(R"({"kty":"RSA","n":"AQAB","e":"AQAB"})"), std::string(R"({})"),
        std::string("[]"), std::string("1")}) {
    EXPECT_EQ(count({bad}), 0U) << bad;
    EXPECT_EQ(count({bad, jwk}), 1U) << bad;
  }
  // Not on the curve.
  const std::string other = TestKey("ES256", "good").jwk();
  const std::size_t y = jwk.find(R"("y")");
  EXPECT_EQ(count({jwk.substr(0, y) + other.substr(other.find(R"("y")"))}), 0U);
  EXPECT_EQ(count(std::vector<std::string>(kJwksKeysMax + 5, jwk)), kJwksKeysMax);
}

TEST(Jwk, RsaKeysThatAreTooSmallOrOdd) {
  const std::string jwk = TestKey("RS256", "k").jwk();
  const std::size_t e = jwk.find(R"("e":")") + 5;
  for (const auto* exponent : {"AQ", "AA", "AQAA", "", "AQABAQABAQ"})
    EXPECT_EQ(count({jwk.substr(0, e) + exponent + R"("})"}), 0U) << exponent;
  const std::string small = base64url(std::string(128, '\xf1'));
  const std::string large = base64url(std::string(2049, '\xf1'));
  for (const std::string& modulus : {small, large})
    EXPECT_EQ(count({R"({"kty":"RSA","e":"AQAB","n":")" + modulus + R"("})"}), 0U);
}

TEST(Jwk, WhatIsNoKeySet) {
  for (const auto* text :
       {"", "{}", R"({"keys":{}})", R"({"keys":null})", "[]", "<html>", R"({"keys":[],"keys":[]})"})
    EXPECT_FALSE(parse_jwks(text)) << text;
  EXPECT_TRUE(parse_jwks(R"({"keys":[]})")->empty());
  EXPECT_EQ(parse_jwks(std::string(kJwksBytesMax + 1, ' ')).error().code, Errc::kLimit);
}

}  // namespace
}  // namespace restante::accounts::oauth
