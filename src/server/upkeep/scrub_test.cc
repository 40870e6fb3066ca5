#include "server/upkeep/scrub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_support.h"
#include "server/common/test_support.h"

namespace restante::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kDay = std::chrono::hours(24);

class ScrubTest : public ::testing::Test {
 protected:
  ScrubTest() {
    for (const char* name : {"c", "a", "b"}) store_.delivered[name] = {};
    set([](maildrop::Rules& maildrop) { maildrop.scrub_rate = 64ULL << 30; });
  }

  void set(const std::function<void(maildrop::Rules&)>& change) {
    auto settings = std::make_shared<Settings>(*holder_.get());
    change(settings->config.maildrop);
    holder_.set(std::move(settings));
  }

  std::unique_ptr<Scrub> make() {
    return std::make_unique<Scrub>(services_, holder_, dir_ / "scrub",
                                   [this](const std::string& account, const maildrop::Pace& pace) {
                                     checked_.push_back(account);
                                     if (account == stop_at_) scrub_->stop();
                                     return pace(100) ? answer_ : Error(Errc::kClosed);
                                   });
  }
  /// A turn of a server that has just started; how long it would wait.
  std::chrono::milliseconds turn() {
    checked_.clear();
    scrub_ = make();
    return scrub_->turn();
  }

  const accounts::TempDir dir_;
  ManualClock clock_{WallTime(std::chrono::milliseconds(1'700'000'000'123))};
  TestServices made_{clock_};
  FakeStore& store_ = made_.store;
  Services& services_ = made_.services;
  SettingsHolder holder_{std::make_shared<Settings>()};
  std::vector<std::string> checked_;
  std::string stop_at_;
  Result<std::uint64_t> answer_ = std::uint64_t{0};
  std::unique_ptr<Scrub> scrub_;
};

TEST_F(ScrubTest, EveryMaildropOnceAnInterval) {
  turn();
  EXPECT_THAT(checked_, ElementsAre("a", "b", "c"));
  EXPECT_EQ(services_.metrics.scrub_passes.value(), 1U);
  EXPECT_EQ(services_.metrics.scrub_bytes.value(), 300U);
  clock_.advance(29 * kDay);
  turn();
  EXPECT_THAT(checked_, IsEmpty());
  clock_.advance(1 * kDay);
  turn();
  EXPECT_THAT(checked_, ElementsAre("a", "b", "c"));
}

TEST_F(ScrubTest, ARestartGoesOnWhereItStopped) {
  stop_at_ = "b";
  turn();
  EXPECT_THAT(checked_, ElementsAre("a", "b"));
  EXPECT_EQ(services_.metrics.scrub_passes.value(), 0U);
  stop_at_.clear();
  clock_.advance(5 * kDay);
  turn();
  EXPECT_THAT(checked_, ElementsAre("b", "c")) << "b was not finished";
  clock_.advance(24 * kDay);
  turn();
  EXPECT_THAT(checked_, IsEmpty());
  clock_.advance(1 * kDay);
  turn();
  EXPECT_THAT(checked_, ElementsAre("a", "b", "c")) << "30 days after the pass began";
}

TEST_F(ScrubTest, DamageAndTroubleAreCounted) {
  answer_ = std::uint64_t{2};
  turn();
  EXPECT_EQ(services_.metrics.damage_found.value(), 6U);
  clock_.advance(30 * kDay);
  answer_ = Error(Errc::kIo, "disk is gone");
  turn();
  EXPECT_EQ(services_.metrics.scrub_failures.value(), 3U);
  clock_.advance(30 * kDay);
  answer_ = Error(Errc::kNotFound);
  turn();
  EXPECT_EQ(services_.metrics.scrub_failures.value(), 3U) << "a maildrop may go";
  EXPECT_EQ(services_.metrics.scrub_passes.value(), 3U);
}

TEST_F(ScrubTest, CanBeSwitchedOff) {
  set([](maildrop::Rules& maildrop) { maildrop.scrub_interval = std::chrono::seconds(0); });
  EXPECT_GT(turn(), std::chrono::minutes(1));
  EXPECT_THAT(checked_, IsEmpty());
}

TEST_F(ScrubTest, AClockSetBackBeginsAnew) {
  turn();
  clock_.advance(-100 * kDay);
  turn();
  EXPECT_THAT(checked_, ElementsAre("a", "b", "c"));
}

TEST_F(ScrubTest, ItsThreadStopsInTheMiddleOfAPause) {
  set([](maildrop::Rules& maildrop) {
    maildrop.scrub_rate = 1;
    maildrop.scrub_interval = std::chrono::seconds(1);
  });
  scrub_ = make();
  ASSERT_TRUE(scrub_->start());
  scrub_->reconsider();
  scrub_->stop();
  EXPECT_EQ(services_.metrics.scrub_failures.value(), 0U);
}

}  // namespace
}  // namespace restante::server
