#include "accounts/oauth/key_source.h"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "accounts/oauth/test_issuer.h"

namespace restante::accounts::oauth {
namespace {

constexpr auto* kUrl = "https://id.x.test/keys";

class Keys : public testing::Test {
 protected:
  Keys() { publish({&one}); }
  void publish(const std::vector<const TestKey*>& keys) {
    std::vector<std::string> jwks;
    for (const TestKey* key : keys) jwks.push_back(key->jwk());
    fetcher.answers[kUrl] = key_set(jwks);
  }
  /// How many keys a token of this key is offered; -1: kIo.
  int offered(const TestKey& key) {
    const std::string text = key.token("{}");
    const auto found = source.keys_for(*parse_jwt(text));
    if (!found) EXPECT_EQ(found.error().code, Errc::kIo);
    return found ? static_cast<int>(found->keys.size()) : -1;
  }
  /// The same when none of those offered first has signed it.
  int offered_anew(const TestKey& key) {
    const std::string text = key.token("{}");
    const auto first = source.keys_for(*parse_jwt(text));
    if (!first) return -1;
    const auto found = source.newer_keys_for(*parse_jwt(text), *first);
    if (!found) EXPECT_EQ(found.error().code, Errc::kIo);
    return found ? static_cast<int>(found->keys.size()) : -1;
  }

  const TestKey one{"ES256", "one"};
  const TestKey two{"ES256", "two"};
  FakeFetcher fetcher;
  ManualClock clock{WallTime(std::chrono::hours(24))};
  PacedFetcher paced{fetcher, clock};
  KeySource source{paced, clock, kUrl, KeyAges()};
};

TEST_F(Keys, AreAskedForOnce) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(offered(one), 1);
  EXPECT_EQ(fetcher.requests.size(), 1U);
  clock.advance(KeyAges().age_max);
  EXPECT_EQ(offered(one), 1);
  EXPECT_EQ(fetcher.requests.size(), 2U);
}

TEST_F(Keys, ANewKeyIsFoundAtOnceAndStrangersCannotFlood) {
  EXPECT_EQ(offered(one), 1);
  publish({&two});
  EXPECT_EQ(offered(two), 1);
  EXPECT_EQ(offered(one), 0) << "asked now: the issuer took it back";
  publish({&one});
  EXPECT_EQ(offered(one), 1) << "a further one, within the same second";
  EXPECT_EQ(fetcher.requests.size(), 4U);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(offered(two), -1) << "asked a moment ago: not to be taken for a wrong token";
  EXPECT_EQ(fetcher.requests.size(), 4U);
  clock.advance(KeyAges().between);
  publish({&two});
  EXPECT_EQ(offered(two), 1);
  for (int i = 0; i < 100; ++i) offered(one);
  EXPECT_EQ(fetcher.requests.size(), 5U);
}

TEST_F(Keys, AQuietHourGivesBackNoMoreThanABurst) {
  EXPECT_EQ(offered(one), 1);
  clock.advance(std::chrono::minutes(9));
  for (int i = 0; i < 100; ++i) offered(two);
  EXPECT_EQ(fetcher.requests.size(), 1 + KeyAges().at_once);
  clock.advance(-std::chrono::hours(1));
  for (int i = 0; i < 100; ++i) offered(two);
  clock.advance(KeyAges().between);
  for (int i = 0; i < 100; ++i) offered(two);
  EXPECT_EQ(fetcher.requests.size(), 2 + KeyAges().at_once) << "nor does a clock set back";
}

TEST_F(Keys, AreAskedForAnewWhenNoneSigned) {
  EXPECT_EQ(offered_anew(one), 0) << "asked for this very token";
  EXPECT_EQ(fetcher.requests.size(), 1U);
  EXPECT_EQ(offered_anew(one), 1);
  EXPECT_EQ(fetcher.requests.size(), 2U);
  for (int i = 0; i < 100; ++i) offered_anew(one);
  EXPECT_EQ(fetcher.requests.size(), 4U);
  EXPECT_EQ(offered_anew(one), 0) << "they came moments ago";
  clock.advance(KeyAges().between);
  fetcher.down = true;
  EXPECT_EQ(offered_anew(one), -1) << "nobody knows";
  EXPECT_EQ(offered(one), 1);
}

TEST_F(Keys, AreKeptWhileTheIssuerIsDown) {
  EXPECT_EQ(offered(one), 1);
  fetcher.down = true;
  clock.advance(std::chrono::hours(5));
  EXPECT_EQ(offered(one), 1);
  EXPECT_EQ(offered(two), -1);
  for (int i = 0; i < 100; ++i) offered(two);
  fetcher.down = false;
  publish({&two});
  clock.advance(PacedFetcher::kPause);
  EXPECT_EQ(offered(two), 1) << "it comes back by itself";
}

TEST_F(Keys, AreNoneWhenTheIssuerWasNeverUp) {
  fetcher.down = true;
  EXPECT_EQ(offered(one), -1);
  fetcher.down = false;
  fetcher.answers[kUrl] = "<html>";
  clock.advance(KeyAges().between);
  EXPECT_EQ(offered(one), -1);
  publish({&one});
  clock.advance(KeyAges().between);
  EXPECT_EQ(offered(one), 1);
}

TEST_F(Keys, ABrokenAnswerChangesNothing) {
  EXPECT_EQ(offered(one), 1);
  fetcher.answers[kUrl] = R"({"keys":1})";
  clock.advance(KeyAges().age_max);
  EXPECT_EQ(offered(one), 1);
}

TEST_F(Keys, ManyAtOnceAskOnce) {
  constexpr int kThreads = 8;
  std::latch start(kThreads);
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      start.arrive_and_wait();
      if (offered(one) == 1) ++good;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, kThreads);
  EXPECT_EQ(fetcher.requests.size(), 1U);
}

}  // namespace
}  // namespace restante::accounts::oauth
