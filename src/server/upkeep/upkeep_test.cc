#include "server/upkeep/upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <sstream>

#include "accounts/test_support.h"
#include "base/check.h"
#include "server/common/test_support.h"
#include "server/delivery/quota_warnings.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

class UpkeepTest : public ::testing::Test {
 protected:
  UpkeepTest() {
    for (const char* name : {"a@x.test", "b@x.test", "gone@x.test"}) store_.delivered[name] = {};
    directory_.add("a@x.test");
    directory_.add("b@x.test");
    directory_.accounts["b@x.test"].allowance.retention_days = 7;
    set([](maildrop::Rules& maildrop) {
      maildrop.retention_days = 30;
      maildrop.upkeep_rate = 64ULL << 30;
    });
  }

  void set(const std::function<void(maildrop::Rules&)>& change) {
    auto settings = std::make_shared<Settings>(*holder_.get());
    change(settings->config.maildrop);
    holder_.set(std::move(settings));
  }

  /// Waits for the thread; the test's time limit bounds it.
  void wait_for_upkeeps(int count) const {
    while (store_.upkeeps < count) std::this_thread::yield();
  }

  TestServices made_;
  FakeStore& store_ = made_.store;
  accounts::MemoryDirectory& directory_ = made_.directory;
  Services& services_ = made_.services;
  SettingsHolder holder_{std::make_shared<Settings>()};
};

TEST_F(UpkeepTest, NothingIsDeletedByAClockThatIsDoubted) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() /
      ("restante-clock-" +
       std::to_string(std::hash<std::thread::id>()(std::this_thread::get_id())));
  std::filesystem::remove(file);
  ClockGuard::Moment now{WallTime(std::chrono::milliseconds(1'700'000'000'000)), {}};
  ClockGuard guard(file, std::nullopt, [&] { return now; });
  Upkeep upkeep(services_, holder_);
  upkeep.obey(guard);
  upkeep.pass();
  EXPECT_EQ(store_.upkeeps, 3);
  now.wall += std::chrono::days(2);
  upkeep.pass();
  EXPECT_EQ(store_.upkeeps, 3);
  EXPECT_EQ(services_.metrics.clock_doubtful.value(), 1U);
  ASSERT_TRUE(save_good_time(file, now.wall));
  upkeep.pass();
  EXPECT_EQ(store_.upkeeps, 6);
  EXPECT_EQ(services_.metrics.clock_doubtful.value(), 0U);
  upkeep.stop();
  std::filesystem::remove(file);
}

TEST_F(UpkeepTest, APassHoldsEachMaildropToItsPolicy) {
  store_.upkeep_report = {.expired = 2, .reclaimed_bytes = 100};
  Upkeep upkeep(services_, holder_);
  upkeep.pass();
  EXPECT_EQ(store_.policies["a@x.test"].retention.days, std::chrono::days(30));
  EXPECT_EQ(store_.policies["b@x.test"].retention.days, std::chrono::days(7));
  EXPECT_EQ(store_.policies["gone@x.test"].retention.days, std::nullopt)
      << "the mail of a removed account stays";
  EXPECT_EQ(store_.policies["a@x.test"].undelete_window, std::chrono::days(7));
  EXPECT_EQ(services_.metrics.messages_expired.value(), 6U);
  EXPECT_EQ(services_.metrics.bytes_reclaimed.value(), 300U);
  EXPECT_EQ(services_.metrics.upkeep_passes.value(), 1U);
}

TEST_F(UpkeepTest, APassSaysWhatTheMaildropsHold) {
  maildrop::Holding holding;
  holding.live_bytes = 10;
  holding.waiting = {4, 40};
  store_.upkeep_report.holding = holding;
  directory_.accounts["a@x.test"].allowance.quota_messages = 4;
  Upkeep upkeep(services_, holder_);
  EXPECT_EQ(services_.measures->storage.get(), std::nullopt);
  upkeep.pass();
  const auto totals = services_.measures->storage.get();
  ASSERT_TRUE(totals);
  EXPECT_EQ(totals->maildrops, 3U);
  EXPECT_EQ(totals->live_bytes, 30U);
  EXPECT_EQ(totals->quota_uses.back(), 1U);
  EXPECT_EQ(services_.measures->upkeep.done.value(), 3U);
}

/// Of some of them only, the totals would look as if mail were gone.
TEST_F(UpkeepTest, APassThatLeavesSomeOutSaysNothing) {
  ClockGuard::Moment now{WallTime(std::chrono::milliseconds(1'700'000'000'000)), {}};
  const accounts::TempDir dir;
  ClockGuard guard(dir.path() / "clock", std::nullopt, [&] { return now; });
  Upkeep upkeep(services_, holder_);
  upkeep.obey(guard);
  EXPECT_TRUE(guard.look() == ClockGuard::Verdict::kGood);
  now.wall += std::chrono::days(2);
  upkeep.pass();
  EXPECT_EQ(services_.measures->storage.get(), std::nullopt);
}

TEST_F(UpkeepTest, ALevelThatNoMailPassedIsTold) {
  QuotaWarnings warnings("");
  services_.quota_warnings = &warnings;
  store_.usages["a@x.test"] = {.messages = 31, .octets = 1};
  Upkeep upkeep(services_, holder_);
  upkeep.pass();
  EXPECT_TRUE(store_.delivered["a@x.test"].empty());
  directory_.accounts["a@x.test"].allowance.quota_messages = 32;
  upkeep.pass();
  upkeep.pass();
  EXPECT_EQ(store_.delivered["a@x.test"].size(), 1U);
  EXPECT_EQ(services_.metrics.quota_warnings.value(), 1U);
}

TEST_F(UpkeepTest, WithoutTheAccountsNothingIsDone) {
  directory_.broken = true;
  Upkeep upkeep(services_, holder_);
  upkeep.pass();
  EXPECT_EQ(store_.upkeeps, 0);
  EXPECT_EQ(services_.metrics.upkeep_failures.value(), 3U);
}

/// Without the limit, a directory that hangs would hold up the accounts behind its own for hours.
TEST_F(UpkeepTest, APassWaitsHalfAMinuteAtMostForAccountsThatDoNotAnswer) {
  for (int i = 0; i < 100; ++i) store_.delivered["u" + std::to_string(i)] = {};
  std::chrono::steady_clock::time_point time;
  const auto five_seconds_a_look = [&time] { return time += std::chrono::seconds(5); };
  Upkeep upkeep(services_, holder_, five_seconds_a_look);
  upkeep.pass();
  EXPECT_EQ(services_.metrics.upkeep_failures.value(), 0U) << "slow answers are answers";
  EXPECT_EQ(store_.upkeeps, 103);
  directory_.broken = true;
  upkeep.pass();
  EXPECT_EQ(services_.metrics.upkeep_failures.value(), 6U);
  EXPECT_EQ(store_.upkeeps, 103);
  directory_.broken = false;
  upkeep.pass();
  EXPECT_EQ(store_.upkeeps, 206) << "the next pass begins anew";
}

TEST_F(UpkeepTest, AnOutageIsOneLineHoweverManyAccountsThereAre) {
  for (int i = 0; i < 100; ++i) store_.delivered["u" + std::to_string(i)] = {};
  directory_.broken = true;
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  Upkeep upkeep(services_, holder_);
  upkeep.pass();
  spdlog::set_default_logger(before);
  const std::string text = log.str();
  EXPECT_EQ(services_.metrics.upkeep_failures.value(), 103U);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;  // And the pass's own.
}

TEST_F(UpkeepTest, OneThatFailsDoesNotStopTheOthers) {
  store_.failures = {{"a@x.test", Errc::kFull}};
  Upkeep upkeep(services_, holder_);
  upkeep.pass();
  EXPECT_EQ(store_.upkeeps, 2);
  EXPECT_EQ(services_.metrics.upkeep_failures.value(), 1U);
}

TEST_F(UpkeepTest, ADeletionIsFollowedUpWhenItsWindowIsOver) {
  set([](maildrop::Rules& maildrop) { maildrop.undelete_window = std::chrono::seconds(0); });
  Upkeep upkeep(services_, holder_);
  RESTANTE_CHECK(upkeep.start());
  upkeep.deleted("a@x.test");
  wait_for_upkeeps(1);
  upkeep.deleted("a@x.test");
  wait_for_upkeeps(2);
  upkeep.stop();
  EXPECT_EQ(store_.policies.count("b@x.test"), 0U);
}

TEST_F(UpkeepTest, StopsInTheMiddleOfAPause) {
  set([](maildrop::Rules& maildrop) {
    maildrop.upkeep_rate = 1;  // A look takes hours.
    maildrop.upkeep_interval = std::chrono::seconds(0);
  });
  Upkeep upkeep(services_, holder_);
  RESTANTE_CHECK(upkeep.start());
  upkeep.stop();
  EXPECT_EQ(store_.upkeeps, 0);
  EXPECT_EQ(services_.metrics.upkeep_failures.value(), 0U);
}

}  // namespace
}  // namespace restante::server
