#include "accounts/oauth/paced_fetcher.h"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "accounts/oauth/test_issuer.h"

namespace restante::accounts::oauth {
namespace {

TEST(PacedFetcher, RestsAfterAFailure) {
  FakeFetcher fetcher;
  fetcher.answers["u"] = "x";
  ManualClock clock{WallTime(std::chrono::hours(24))};
  PacedFetcher paced(fetcher, clock);
  HttpRequest request;
  request.url = "u";
  EXPECT_EQ(paced.fetch(request), "x");
  fetcher.down = true;
  EXPECT_EQ(paced.fetch(request).error().code, Errc::kIo);
  fetcher.down = false;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(paced.fetch(request).error().code, Errc::kIo);
  EXPECT_EQ(fetcher.requests.size(), 2U);
  clock.advance(PacedFetcher::kPause);
  EXPECT_EQ(paced.fetch(request), "x");
  fetcher.down = true;
  EXPECT_FALSE(paced.fetch(request));
  fetcher.down = false;
  clock.advance(-std::chrono::hours(1));
  EXPECT_EQ(paced.fetch(request), "x") << "a clock set back makes no long rest";
}

/// Holds each request until the test lets it go.
class HangingFetcher : public Fetcher {
 public:
  Result<std::string> fetch(const HttpRequest&) override {
    if (held++ < PacedFetcher::kAtOnceMax) inside.count_down();
    go_on.wait();
    return std::string("x");
  }
  std::atomic<std::size_t> held = 0;
  std::latch inside{PacedFetcher::kAtOnceMax};
  std::latch go_on{1};
};

TEST(PacedFetcher, AHangingIssuerHoldsAFewThreadsOnly) {
  HangingFetcher fetcher;
  const ManualClock clock;
  PacedFetcher paced(fetcher, clock);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < PacedFetcher::kAtOnceMax; ++i)
    threads.emplace_back([&] { EXPECT_EQ(paced.fetch(HttpRequest()), "x"); });
  fetcher.inside.wait();
  EXPECT_EQ(paced.fetch(HttpRequest()).error().code, Errc::kIo) << "at once";
  fetcher.go_on.count_down();
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(paced.fetch(HttpRequest()));
}

}  // namespace
}  // namespace restante::accounts::oauth
