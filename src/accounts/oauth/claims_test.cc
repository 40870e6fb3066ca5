#include "accounts/oauth/claims.h"

#include <gtest/gtest.h>

namespace restante::accounts::oauth {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1'700'000'000)};

class Claims : public testing::Test {
 protected:
  Claims() {
    rules.issuer = "https://id.x.test";
    rules.audience = "mail";
  }
  Result<Grant> check(const std::string& text) const {
    const auto claims = parse_object(text, 10000);
    EXPECT_TRUE(claims) << text;
    return check_claims(*claims, rules, kNow);
  }
  /// A good token's claims with one of them as given; "" leaves it out.
  Result<Grant> with(const std::string& name, const std::string& value) const {
    std::map<std::string, std::string> claims = {{"iss", R"("https://id.x.test")"},
                                                 {"aud", R"("mail")"},
                                                 {"sub", R"("alice")"},
                                                 {"exp", "1700000100"}};
    claims[name] = value;
    std::string text = "{";
    for (const auto& [key, stored] : claims)
      if (!stored.empty()) text += (text.size() > 1 ? ",\"" : "\"") + key + "\":" + stored;
    return check(text + "}");
  }

  ClaimRules rules;
};

TEST_F(Claims, AGoodTokenLetsItsOwnerIn) {
  const auto grant = with("nbf", "1699999999");
  ASSERT_TRUE(grant) << grant.error().detail;
  EXPECT_EQ(grant->name, "alice");
  EXPECT_EQ(grant->expires, kNow + std::chrono::seconds(130)) << "with the leeway";
}

TEST_F(Claims, WhatMakesATokenWorthless) {
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"iss", ""},
                                                        {"iss", R"("https://id.x.test/")"},
                                                        {"iss", R"("https://ID.x.test")"},
                                                        {"iss", R"(["https://id.x.test"])"},
                                                        {"aud", ""},
                                                        {"aud", R"("mail2")"},
                                                        {"aud", R"(["web","chat"])"},
                                                        {"aud", R"({"mail":1})"},
                                                        {"aud", "[]"},
                                                        {"sub", ""},
                                                        {"sub", R"("")"},
                                                        {"sub", "1"},
                                                        {"exp", ""},
                                                        {"exp", R"("1700000100")"},
                                                        {"exp", "1699999970"},
                                                        {"exp", "-1"},
                                                        {"exp", "1e300"},
                                                        {"exp", "null"},
                                                        {"nbf", "1700000031"},
                                                        {"nbf", R"("x")"},
                                                        {"iat", "1700000031"},
                                                        {"iat", "1e12"}}) {
    const auto refused = with(name, value);
    ASSERT_FALSE(refused) << name << value;
    EXPECT_EQ(refused.error().code, Errc::kAuth) << name << value;
    EXPECT_EQ(refused.error().detail.find("alice"), std::string::npos);
  }
}

TEST_F(Claims, TheEdgesOfTime) {
  EXPECT_TRUE(with("exp", "1699999971"));
  EXPECT_TRUE(with("exp", "1699999971.9"));
  EXPECT_TRUE(with("nbf", "1700000030"));
  EXPECT_TRUE(with("iat", "1700000030"));
  rules.leeway = std::chrono::seconds(0);
  EXPECT_FALSE(with("exp", "1700000000"));
  EXPECT_TRUE(with("exp", "1700000001"));
  EXPECT_FALSE(with("nbf", "1700000001"));
}

TEST_F(Claims, AudiencesAndScopes) {
  EXPECT_TRUE(with("aud", R"(["web","mail"])"));
  rules.audience.clear();
  EXPECT_TRUE(with("aud", ""));
  rules.scope = "mail.read pop3";
  EXPECT_TRUE(with("scope", R"("pop3 x mail.read")"));
  for (const auto* scope : {"", R"("")", R"("pop3")", R"("pop3,mail.read")", R"("pop33 mail.read")",
                            R"(["pop3"])", R"(["pop3 mail.read"])", R"([1,["pop3","mail.read"]])",
                            R"({"pop3":1,"mail.read":1})", R"("POP3 mail.read")"}) {
    EXPECT_FALSE(with("scope", scope)) << scope;
    EXPECT_FALSE(with("scp", scope)) << scope;
  }
  for (const auto* claim : {"scope", "scp"}) {
    EXPECT_TRUE(with(claim, R"("pop3 x mail.read")")) << claim;
    EXPECT_TRUE(with(claim, R"(["mail.read","x","pop3"])")) << claim;
  }
}

// The addresses of an issuer's users are theirs only where it has seen to that.
TEST_F(Claims, AnAddressThatIsNotVerifiedIsNoName) {
  const auto email = [this](const std::string& verified) {
    return check(R"({"iss":"https://id.x.test","aud":"mail","exp":1700000100,"sub":"alice",)"
                 R"("email":"bob@x.test")" +
                 (verified.empty() ? "" : R"(,"email_verified":)" + verified) + "}");
  };
  for (const auto* verified : {"false", R"("false")", R"("")", "null", "0", "1", "[]"})
    EXPECT_TRUE(email(verified)) << "its name is another claim";
  rules.name_claim = "email";
  for (const auto* verified : {"", "true", R"("true")"}) EXPECT_TRUE(email(verified)) << verified;
  for (const auto* verified : {"false", R"("false")", R"("")", "null", "0", "1", "[]"})
    EXPECT_EQ(email(verified).error().code, Errc::kAuth) << verified;
}

TEST_F(Claims, TheNameIsWhereItIsConfigured) {
  rules.name_claim = "email";
  EXPECT_FALSE(with("mail", R"("bob@x.test")"));
  EXPECT_EQ(with("email", R"("bob@x.test")")->name, "bob@x.test");
}

TEST_F(Claims, AnIntrospectionResponseMayLeaveOut) {
  rules.complete = false;
  rules.audience.clear();
  const auto grant = check(R"({"sub":"alice"})");
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->expires, WallTime::max());
  EXPECT_FALSE(check(R"({"sub":"alice","iss":"https://evil.test"})"));
  EXPECT_FALSE(check(R"({"sub":"alice","exp":1})"));
  rules.audience = "mail";
  EXPECT_FALSE(check(R"({"sub":"alice"})")) << "what is asked for must be there";
}

}  // namespace
}  // namespace restante::accounts::oauth
