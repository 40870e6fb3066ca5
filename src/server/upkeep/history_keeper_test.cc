#include "server/upkeep/history_keeper.h"

#include <gmock/gmock.h>

#include <fstream>

#include "files/test_support.h"
#include "server/common/test_support.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

using history::Measure;
using history::Resolution;
using namespace std::chrono_literals;

constexpr WallTime kStart{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)};

class HistoryKeeperTest : public ::testing::Test {
 protected:
  void pass(std::chrono::milliseconds span) {
    clock_.advance(span);
    steady_ += span;
  }
  std::optional<std::int64_t> value(Measure measure, WallTime began) {
    auto history = history::History::open_to_read(file_);
    if (!history) return std::nullopt;
    const auto points = history->read({measure, Resolution::kMinute, began, began + 1min});
    return points && points->size() == 1 ? points->front().value : std::nullopt;
  }

  ManualClock clock_{kStart};
  TestServices all_{clock_};
  Services& services_ = all_.services;
  files::TempFolder folder_;
  std::filesystem::path file_ = folder_.path() / history::kFileName;
  std::chrono::steady_clock::time_point steady_{};
  HistoryKeeper keeper_{services_, file_, 0, [this] { return steady_; }};
};

TEST_F(HistoryKeeperTest, WritesWhatAMinuteBrought) {
  services_.metrics.messages_deleted.add(100);  // Before: of no interest.
  keeper_.begin();
  services_.metrics.messages_deleted.add(2);
  services_.measures->count_login("PLAIN", "TLSv1.3", LoginEnd::kGood);
  services_.measures->count_login("PLAIN", "TLSv1.3", LoginEnd::kWrong);
  services_.measures->logins_good.note(20ms);
  services_.measures->count(Retrieval::kWhole);
  services_.measures->count(Retrieval::kCut);
  services_.measures->count(Retrieval::kPart);
  services_.measures->count_delivery(0, 0);
  services_.measures->count_delivery(1, 3);
  services_.measures->sessions_open.set(4);
  pass(1min);
  keeper_.turn();
  services_.metrics.messages_deleted.add(5);
  pass(1min);
  keeper_.turn();
  EXPECT_EQ(value(Measure::kMessagesDeleted, kStart), 2);
  EXPECT_EQ(value(Measure::kMessagesDeleted, kStart + 1min), 5);
  EXPECT_EQ(value(Measure::kLoginsGood, kStart), 1);
  EXPECT_EQ(value(Measure::kLoginsFailed, kStart), 1);
  EXPECT_EQ(value(Measure::kLoginMicroseconds, kStart), 20'000);
  EXPECT_EQ(value(Measure::kLoginsIn10Ms, kStart), 0);
  EXPECT_EQ(value(Measure::kLoginsIn100Ms, kStart), 1);
  EXPECT_EQ(value(Measure::kRetrievalsAsked, kStart), 2) << "TOP's part is no retrieval";
  EXPECT_EQ(value(Measure::kRetrievalsWhole, kStart), 1);
  EXPECT_EQ(value(Measure::kDeliveriesDone, kStart), 1);
  EXPECT_EQ(value(Measure::kDeliveriesFailed, kStart), 1);
  EXPECT_EQ(value(Measure::kSessionsOpen, kStart + 1min), 4);
  EXPECT_EQ(value(Measure::kLiveBytes, kStart), std::nullopt) << "no pass has counted them";
}

TEST_F(HistoryKeeperTest, KnowsWhatCanBeBroughtBack) {
  std::chrono::seconds window = 2min;
  keeper_.obey([&window] { return window; });
  keeper_.begin();
  EXPECT_FALSE(services_.measures->kept.get());
  const auto a_minute_of = [this](std::uint64_t deleted, std::uint64_t expired) {
    services_.metrics.messages_deleted.add(deleted);
    services_.metrics.messages_expired.add(expired);
    services_.metrics.octets_deleted.add(10 * (deleted + expired));
    pass(1min);
    keeper_.turn();
    return services_.measures->kept.get().value_or(maildrop::Usage());
  };
  EXPECT_EQ(a_minute_of(2, 1).messages, 3U);
  EXPECT_EQ(a_minute_of(5, 0).octets, 80U);
  EXPECT_EQ(a_minute_of(7, 0).messages, 12U) << "the first minute is over";
  window = 0s;
  EXPECT_EQ(a_minute_of(1, 0).messages, 0U);
}

TEST_F(HistoryKeeperTest, HasTheStorageOfTheLastPass) {
  keeper_.begin();
  StorageTotals totals;
  totals.live_bytes = 77;
  services_.measures->storage.set(totals);
  pass(1min);
  keeper_.turn();
  EXPECT_EQ(value(Measure::kLiveBytes, kStart), 77);
}

TEST_F(HistoryKeeperTest, WaitsForTheEndOfTheMinute) {
  pass(12'345ms);
  EXPECT_EQ(keeper_.to_wait(), 60s - 12'345ms);
}

TEST_F(HistoryKeeperTest, BeginsABrokenFileAnew) {
  std::ofstream(file_) << std::string(5000, 'x');
  keeper_.begin();
  services_.metrics.messages_deleted.add(2);
  pass(1min);
  keeper_.turn();
  EXPECT_EQ(value(Measure::kMessagesDeleted, kStart), 2);
  EXPECT_TRUE(std::filesystem::exists(file_.string() + ".broken"));
}

TEST_F(HistoryKeeperTest, AFullDiskCostsPointsOnly) {
  HistoryKeeper starved(services_, file_, ~std::uint64_t{0}, [this] { return steady_; });
  starved.begin();
  pass(1min);
  starved.turn();
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(HistoryKeeperTest, TriesAgainWhereItCouldNotOpen) {
  std::filesystem::create_directory(file_);
  keeper_.begin();
  pass(1min);
  keeper_.turn();
  std::filesystem::remove(file_);
  services_.metrics.messages_deleted.add(3);
  pass(1min);
  keeper_.turn();
  EXPECT_EQ(value(Measure::kMessagesDeleted, kStart + 1min), 3);
}

TEST_F(HistoryKeeperTest, TheThreadWritesTheRestWhenItEnds) {
  ASSERT_TRUE(keeper_.start());
  keeper_.stop();
  EXPECT_EQ(value(Measure::kConnections, kStart - 1min), 0);
}

}  // namespace
}  // namespace restante::server
