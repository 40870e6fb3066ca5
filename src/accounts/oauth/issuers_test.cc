// Tokens as the issuers of docs/oauth.md make them, under the settings that stand there.
#include <gtest/gtest.h>

#include "accounts/oauth/introspection.h"
#include "accounts/oauth/test_issuer.h"
#include "accounts/oauth/verifier.h"

namespace restante::accounts::oauth {
namespace {

constexpr auto* kTimes = R"("iat":1699999990,"nbf":1699999990,"exp":1700003600)";
constexpr auto* kTenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";

class Issuers : public testing::Test {
 protected:
  Issuers() {
    settings.jwks_url = "https://id.x.test/keys";
    settings.untyped = true;
    settings.claims.scope = "mail.read";
    settings.names = NameRules("x.test", true);
  }
  void expect(const std::string& issuer, const std::string& audience, const std::string& name) {
    settings.claims.issuer = issuer;
    settings.claims.audience = audience;
    settings.claims.name_claim = name;
  }
  /// The account, or why not.
  std::string verify(const std::string& header, const std::string& claims) {
    auto fetcher = std::make_unique<FakeFetcher>();
    // Microsoft's key set has all of this, and no "alg".
    fetcher->answers[settings.jwks_url] =
        key_set({key.jwk(R"(,"use":"sig","x5t":"k","x5c":["MII="],"issuer":"https://x.test")")});
    const auto name = make_token_verifier(settings, clock, std::move(fetcher))
                          ->verify(key.token_with(header, claims), "");
    return name ? *name : name.error().detail;
  }

  OauthSettings settings;
  const TestKey key{"RS256", "k"};
  ManualClock clock{WallTime(std::chrono::seconds(1'700'000'000))};
};

constexpr auto* kMicrosoftHeader = R"({"typ":"JWT","alg":"RS256","x5t":"k","kid":"k"})";

TEST_F(Issuers, EntraVersion1) {
  const std::string issuer = std::string("https://sts.windows.net/") + kTenant + "/";
  const std::string common =
      R"({"aud":"api://1f6e","iss":")" + issuer + "\"," + kTimes +
      R"(,"acr":"1","aio":"x","amr":["pwd","mfa"],"appid":"a","appidacr":"0","ipaddr":"192.0.2.1",)"
      R"("name":"Alice","oid":"o","rh":"r","sub":"AAAA","tid":"t","uti":"u","ver":"1.0")";
  const std::string delegated =
      common + R"(,"scp":"mail.read User.Read","unique_name":"alice@x.test","upn":"Alice@x.test"})";
  expect(issuer, "api://1f6e", "upn");
  EXPECT_EQ(verify(kMicrosoftHeader, delegated), "alice@x.test");
  EXPECT_EQ(verify(kMicrosoftHeader, common + R"(,"roles":["mail.read"]})"),
            "token without the scope")
      << "an application's own token is nobody's";
  settings.claims.scope = "mail";
  EXPECT_EQ(verify(kMicrosoftHeader, delegated), "token without the scope");
  expect(std::string("https://login.microsoftonline.com/") + kTenant + "/v2.0", "api://1f6e",
         "upn");
  EXPECT_EQ(verify(kMicrosoftHeader, delegated), "token of another issuer (iss)");
}

TEST_F(Issuers, EntraVersion2) {
  const std::string issuer = std::string("https://login.microsoftonline.com/") + kTenant + "/v2.0";
  const std::string claims =
      R"({"aud":"1f6e","iss":")" + issuer + "\"," + kTimes +
      R"(,"aio":"x","azp":"a","azpacr":"0","name":"Alice","oid":"o","rh":"r","scp":"mail.read",)"
      R"("preferred_username":"alice@x.test","sub":"AAAA","tid":"t","uti":"u","ver":"2.0")";
  expect(issuer, "1f6e", "preferred_username");
  EXPECT_EQ(verify(kMicrosoftHeader, claims + "}"), "alice@x.test");
  expect(issuer, "1f6e", "upn");
  EXPECT_EQ(verify(kMicrosoftHeader, claims + "}"), "token without a name (upn)");
  EXPECT_EQ(verify(kMicrosoftHeader, claims + R"(,"upn":"alice@x.test"})"), "alice@x.test");
}

TEST_F(Issuers, Okta) {
  const std::string claims =
      std::string(R"({"ver":1,"jti":"AT.1","iss":"https://dev-1.okta.com/oauth2/default",)"
                  R"("aud":"api://default",)") +
      kTimes +
      R"(,"cid":"0oa","uid":"00u","scp":["openid","mail.read"],"auth_time":1699999990,)"
      R"("sub":"alice@x.test"})";
  expect("https://dev-1.okta.com/oauth2/default", "api://default", "sub");
  EXPECT_EQ(verify(R"({"kid":"k","alg":"RS256"})", claims), "alice@x.test");
  settings.claims.scope = "mail.read mail.write";
  EXPECT_EQ(verify(R"({"kid":"k","alg":"RS256"})", claims), "token without the scope");
}

TEST_F(Issuers, Keycloak) {
  const std::string claims =
      std::string(R"({"iss":"https://id.x.test/realms/office","aud":["mail","account"],)") +
      kTimes +
      R"(,"auth_time":0,"jti":"j","sub":"f:1","typ":"Bearer","azp":"app","sid":"s","acr":"1",)"
      R"("allowed-origins":["*"],"realm_access":{"roles":["offline_access"]},)"
      R"("resource_access":{"account":{"roles":["view-profile"]}},)"
      R"("scope":"openid email mail.read","name":"Alice","preferred_username":"alice",)"
      R"("email":"alice@x.test","email_verified":)";
  constexpr auto* kHeader = R"({"alg":"RS256","typ":"JWT","kid":"k"})";
  for (const auto* name : {"preferred_username", "email"}) {
    expect("https://id.x.test/realms/office", "mail", name);
    EXPECT_EQ(verify(kHeader, claims + "true}"), "alice@x.test") << name;
  }
  EXPECT_EQ(verify(kHeader, claims + "false}"),
            "token with an address that the issuer has not verified (email_verified)");
  expect("https://id.x.test/realms/office", "mail", "preferred_username");
  EXPECT_EQ(verify(kHeader, claims + "false}"), "alice@x.test");
}

// Its access tokens are opaque, and only Google can read them: a client sends the ID token.
TEST_F(Issuers, Google) {
  settings.claims.scope.clear();
  const std::string claims =
      std::string(R"({"iss":"https://accounts.google.com","azp":"1.apps.googleusercontent.com",)"
                  R"("aud":"1.apps.googleusercontent.com","sub":"110169484474386276334",)"
                  R"("hd":"x.test","email":"alice@x.test","email_verified":true,"at_hash":"h",)") +
      kTimes + "}";
  expect("https://accounts.google.com", "1.apps.googleusercontent.com", "email");
  EXPECT_EQ(verify(R"({"alg":"RS256","kid":"k","typ":"JWT"})", claims), "alice@x.test");
}

TEST_F(Issuers, AnswersToIntrospection) {
  settings.claims.scope = "mail.read";
  settings.claims.name_claim = "username";
  const auto ask = [this](const std::string& text) {
    const auto grant = parse_introspection(text, settings.claims, clock.now());
    return grant ? grant->name : grant.error().detail;
  };
  settings.claims.issuer = "https://dev-1.okta.com/oauth2/default";
  settings.claims.audience = "api://default";
  EXPECT_EQ(
      ask(R"({"active":true,"token_type":"Bearer","scope":"openid mail.read","client_id":"0oa",)"
          R"("username":"alice@x.test","exp":1700003600,"iat":1699999990,"uid":"00u",)"
          R"("sub":"alice@x.test","aud":"api://default","jti":"AT.1",)"
          R"("iss":"https://dev-1.okta.com/oauth2/default"})"),
      "alice@x.test");
  settings.claims.issuer = "https://id.x.test/realms/office";
  settings.claims.audience = "mail";
  EXPECT_EQ(ask(R"({"exp":"1700003600","iat":"1699999990","iss":"https://id.x.test/realms/office",)"
                R"("aud":["mail"],"scope":["mail.read"],"username":"alice","active":"true"})"),
            "alice");
}

}  // namespace
}  // namespace restante::accounts::oauth
