#include "accounts/oauth/introspection.h"

#include <gtest/gtest.h>

#include "accounts/oauth/test_issuer.h"

namespace restante::accounts::oauth {
namespace {

class Introspection : public testing::Test {
 protected:
  Introspection() {
    settings.url = "https://id.x.test/introspect";
    settings.client_id = "res tante";
    settings.client_secret = "a:b%";
    answer("good", R"({"active":true,"sub":"alice"})");
    answer("bad", R"({"active":false})");
  }
  void answer(const std::string& token, const std::string& text) {
    fetcher.answers["token_type_hint=access_token&token=" + token] = text;
  }
  Introspector& introspector() {
    if (!made_) made_.emplace(paced, clock, settings);
    return *made_;
  }
  Errc code(std::string_view token) {
    const auto grant = introspector().ask(token, rules);
    return grant ? Errc{} : grant.error().code;
  }

  FakeFetcher fetcher;
  ManualClock clock{WallTime(std::chrono::seconds(1'700'000'000))};
  PacedFetcher paced{fetcher, clock};
  IntrospectionSettings settings;
  ClaimRules rules;
  std::optional<Introspector> made_;
};

TEST_F(Introspection, AsksAsTheRfcSays) {
  answer("a%2Bb%26c%3Dd%20%25", R"({"active":true,"sub":"alice"})");
  EXPECT_EQ(introspector().ask("a+b&c=d %", rules)->name, "alice");
  ASSERT_EQ(fetcher.requests.size(), 1U);
  EXPECT_EQ(fetcher.requests[0].url, settings.url);
  EXPECT_EQ(fetcher.requests[0].user, "res%20tante");
  EXPECT_EQ(fetcher.requests[0].password, "a%3Ab%25");
}

TEST_F(Introspection, GoodAnswersAreRememberedForAMoment) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(code("good"), Errc{});
  EXPECT_EQ(fetcher.requests.size(), 1U);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(code("bad"), Errc::kAuth);
  EXPECT_EQ(fetcher.requests.size(), 3U) << "bad ones are not";
  answer("good", R"({"active":false})");
  clock.advance(std::chrono::seconds(59));
  EXPECT_EQ(code("good"), Errc{});
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(code("good"), Errc::kAuth);
}

TEST_F(Introspection, NeverBeyondTheTokensEnd) {
  rules.leeway = std::chrono::seconds(0);
  answer("good", R"({"active":true,"sub":"alice","exp":1700000010})");
  EXPECT_EQ(code("good"), Errc{});
  clock.advance(std::chrono::seconds(9));
  EXPECT_EQ(code("good"), Errc{});
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(code("good"), Errc::kAuth);
}

TEST_F(Introspection, AClockSetBackAsksAgain) {
  EXPECT_EQ(code("good"), Errc{});
  clock.advance(-std::chrono::seconds(1));
  EXPECT_EQ(code("good"), Errc{});
  EXPECT_EQ(fetcher.requests.size(), 2U);
}

TEST_F(Introspection, TheMemoryIsBounded) {
  settings.cache_entries_max = 4;
  for (int i = 0; i < 20; ++i) {
    const std::string token = "t" + std::to_string(i);
    answer(token, R"({"active":true,"sub":"u)" + std::to_string(i) + R"("})");
    EXPECT_EQ(introspector().ask(token, rules)->name, "u" + std::to_string(i));
    EXPECT_EQ(introspector().ask(token, rules)->name, "u" + std::to_string(i));
  }
  EXPECT_EQ(fetcher.requests.size(), 20U);
}

TEST_F(Introspection, ItCanBeToldToForget) {
  settings.cache_age_max = std::chrono::seconds(0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(code("good"), Errc{});
  EXPECT_EQ(fetcher.requests.size(), 3U);
}

TEST_F(Introspection, TroubleIsNotABadToken) {
  for (const auto* text : {"", "<html>", "[]", "{}", R"({"active":"yes"})", R"({"active":1})",
                           R"({"active":true,"active":true,"sub":"a"})"}) {
    answer("good", text);
    EXPECT_EQ(code("good"), Errc::kIo) << text;
  }
  EXPECT_EQ(code("unknown"), Errc::kIo);
  clock.advance(PacedFetcher::kPause);
  fetcher.down = true;
  EXPECT_EQ(code("good"), Errc::kIo);
  fetcher.down = false;
  answer("good", R"({"active":true,"sub":"alice"})");
  EXPECT_EQ(code("good"), Errc::kIo) << "the issuer rests";
  clock.advance(PacedFetcher::kPause);
  EXPECT_EQ(code("good"), Errc{});
}

TEST_F(Introspection, WhatIsSaidAsText) {
  rules.leeway = std::chrono::seconds(0);
  for (const auto* text :
       {R"({"active":"true","sub":"alice","exp":"1700000010","iat":"1699999999"})",
        R"({"active":"True","sub":"alice","exp":"1700000010.5","nbf":"1700000000"})"}) {
    answer("good", text);
    const auto grant = introspector().ask("good", rules);
    ASSERT_TRUE(grant) << text << grant.error().detail;
    EXPECT_EQ(grant->expires, WallTime(std::chrono::seconds(1'700'000'010)));
    made_.reset();
  }
  for (const auto* text :
       {R"({"active":"false","sub":"alice"})", R"({"active":"true","sub":"alice","exp":"1"})",
        R"({"active":true,"sub":"alice","exp":"2033-11-14T22:13:20Z"})",
        R"({"active":true,"sub":"alice","exp":""})", R"({"active":true,"sub":"alice","exp":"inf"})",
        R"({"active":true,"sub":"alice","exp":"nan"})",
        R"({"active":true,"sub":"alice","exp":" 1700000010"})"}) {
    answer("good", text);
    EXPECT_EQ(code("good"), Errc::kAuth) << text;
  }
}

TEST_F(Introspection, ActiveIsNotEnough) {
  for (const auto* text : {R"({"active":true})", R"({"active":true,"sub":"a","exp":1})",
                           R"({"active":true,"sub":"a","iss":"https://evil.test"})"}) {
    answer("good", text);
    EXPECT_EQ(code("good"), Errc::kAuth) << text;
  }
}

}  // namespace
}  // namespace restante::accounts::oauth
