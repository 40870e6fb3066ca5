#include "accounts/oauth/verifier.h"

#include <gtest/gtest.h>

#include "accounts/oauth/key_source.h"
#include "accounts/oauth/test_issuer.h"
#include "accounts/test_support.h"

namespace restante::accounts::oauth {
namespace {

class Verifier : public testing::Test {
 protected:
  Verifier() {
    settings.claims.issuer = "https://id.x.test";
    settings.claims.audience = "mail";
    settings.jwks_url = "https://id.x.test/keys";
    settings.names = NameRules("x.test", true);
  }
  TokenVerifier& verifier() {
    if (made_ == nullptr) {
      auto made = std::make_unique<FakeFetcher>();
      fetcher = made.get();
      fetcher->answers[settings.jwks_url] = key_set({key.jwk()});
      made_ = make_token_verifier(settings, clock, std::move(made));
    }
    return *made_;
  }
  static std::string claims(const std::string& sub) {
    return R"({"iss":"https://id.x.test","aud":"mail","exp":1700000100,"sub":")" + sub + R"("})";
  }
  /// The account, or the code of the error.
  std::string verify(std::string_view token, std::string_view claimed = "") {
    const auto name = verifier().verify(token, claimed);
    return name ? *name : std::string(to_string(name.error().code));
  }

  OauthSettings settings;
  const TestKey key{"EdDSA", "k"};
  ManualClock clock{WallTime(std::chrono::seconds(1'700'000'000))};
  FakeFetcher* fetcher = nullptr;
  std::unique_ptr<TokenVerifier> made_;
};

TEST_F(Verifier, ATokenIsItsOwners) {
  const std::string token = key.token(claims("Alice"));
  EXPECT_EQ(verify(token), "alice@x.test");
  EXPECT_EQ(verify(token, "alice"), "alice@x.test");
  EXPECT_EQ(verify(token, "ALICE@X.test"), "alice@x.test");
  for (const auto* other :
       {"bob", "alice@y.test", "alice@x.test@x.test", "alice\r\n", "%", " alice"})
    EXPECT_EQ(verify(token, other), "auth") << other;
  EXPECT_EQ(verify(token, std::string_view("alice\0", 6)), "auth");
}

TEST_F(Verifier, WorthlessTokens) {
  const TestKey other("EdDSA", "k");
  for (const std::string& token :
       {std::string(), std::string("opaque"), std::string(20000, 'x'),
        key.token(claims("alice")) + "A", other.token(claims("alice")), key.token("{}"),
        key.token(claims("")), key.token(claims("a\\u0000b")), key.token(claims("@x.test"))})
    EXPECT_EQ(verify(token), "auth") << token.substr(0, 80);
  clock.advance(std::chrono::seconds(131));
  EXPECT_EQ(verify(key.token(claims("alice"))), "auth");
}

TEST_F(Verifier, OnlyAccessTokens) {
  const auto typed = [&](const std::string& type) {
    return key.token_with(R"({"alg":"EdDSA","kid":"k")" + type + "}", claims("alice"));
  };
  EXPECT_EQ(verify(typed(R"(,"typ":"application/AT+JWT")")), "alice@x.test");
  for (const auto* type : {"", R"(,"typ":"JWT")", R"(,"typ":"id+jwt")", R"(,"typ":1)"})
    EXPECT_EQ(verify(typed(type)), "auth") << type;
  settings.untyped = true;
  made_.reset();
  EXPECT_EQ(verify(typed(R"(,"typ":"JWT")")), "alice@x.test");
}

TEST_F(Verifier, AnIssuerThatIsDownIsNotABadToken) {
  verifier();
  fetcher->down = true;
  EXPECT_EQ(verify(key.token(claims("alice"))), "io");
  EXPECT_EQ(verify("opaque"), "auth") << "nobody needs to be asked";
  fetcher->down = false;
  clock.advance(std::chrono::seconds(5));
  EXPECT_EQ(verify(key.token(claims("alice"))), "alice@x.test");
}

TEST_F(Verifier, AKeyThatChangedUnderItsKidIsFoundAtOnce) {
  EXPECT_EQ(verify(key.token(claims("alice"))), "alice@x.test");
  const TestKey changed("EdDSA", "k");
  fetcher->answers[settings.jwks_url] = key_set({changed.jwk()});
  EXPECT_EQ(verify(changed.token(claims("alice"))), "alice@x.test");
  EXPECT_EQ(verify(key.token(claims("alice"))), "auth") << "and the old one is none any more";
  const TestKey forged("EdDSA", "k");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(verify(forged.token(claims("alice"))), "auth");
  EXPECT_LE(fetcher->requests.size(), 1 + KeyAges().at_once);
  EXPECT_EQ(verify(changed.token(claims("alice"))), "alice@x.test");
  clock.advance(KeyAges().between);
  fetcher->down = true;
  EXPECT_EQ(verify(forged.token(claims("alice"))), "io") << "nobody knows what it is worth";
  EXPECT_EQ(verify(changed.token(claims("alice"))), "alice@x.test");
}

TEST_F(Verifier, OpaqueTokensAreAskedAbout) {
  settings.introspection_url = "https://id.x.test/introspect";
  verifier();
  fetcher->answers["token_type_hint=access_token&token=opaque"] =
      R"({"active":true,"sub":"bob","aud":"mail"})";
  EXPECT_EQ(verify("opaque"), "bob@x.test");
  EXPECT_EQ(verify("opaque", "alice"), "auth") << "remembered, and still bob's";
  EXPECT_EQ(verify(key.token(claims("alice"))), "alice@x.test");
  EXPECT_EQ(fetcher->requests.size(), 2U);
}

TEST_F(Verifier, KeysFromAFileAreReadAgainWhenItChanges) {
  const TempDir dir;
  settings.jwks_url.clear();
  settings.jwks_file = dir / "keys.json";
  const TestKey next("ES256", "next");
  EXPECT_EQ(verify(key.token(claims("alice"))), "io") << "no file yet";
  dir.write("keys.json", key_set({key.jwk()}));
  clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(verify(key.token(claims("alice"))), "alice@x.test");
  dir.write("keys.json", key_set({next.jwk()}));
  clock.advance(std::chrono::seconds(10));
  EXPECT_EQ(verify(next.token(claims("alice"))), "alice@x.test");
  EXPECT_EQ(verify(key.token(claims("alice"))), "auth");
  dir.write("keys.json", "{");
  clock.advance(std::chrono::seconds(10));
  EXPECT_EQ(verify(next.token(claims("alice"))), "alice@x.test");
}

TEST_F(Verifier, SettingsThatCannotWorkAreToldAtOnce) {
  const TempDir dir;
  settings.jwks_url = "ftp://id.x.test/keys";
  EXPECT_EQ(make_token_verifier(settings, clock).error().code, Errc::kSyntax);
  settings.jwks_url = "http://id.x.test/keys";
  EXPECT_EQ(make_token_verifier(settings, clock).error().code, Errc::kSyntax);
  settings.jwks_url = "https://id.x.test/keys";
  EXPECT_TRUE(make_token_verifier(settings, clock));
  settings.client_secret_file = dir / "secret";
  EXPECT_EQ(make_token_verifier(settings, clock).error().code, Errc::kIo);
  dir.write("secret", "\n");
  EXPECT_EQ(make_token_verifier(settings, clock).error().code, Errc::kSyntax);
  dir.write("secret", "s3cret\n");
  EXPECT_TRUE(make_token_verifier(settings, clock));
}

}  // namespace
}  // namespace restante::accounts::oauth
