#include "history/history.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>

#include "files/test_support.h"

namespace restante::history {
namespace {

using namespace std::chrono_literals;
using Seconds = std::chrono::seconds;

// A Monday, 0:00 UTC.
constexpr WallTime kStart{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)};

class HistoryTest : public ::testing::Test {
 protected:
  History open() {
    auto opened = History::open(file_);
    EXPECT_TRUE(opened) << opened.error().message();
    return std::move(*opened);
  }
  static Sample minute_of(WallTime end, std::vector<Value> values) {
    Sample sample;
    sample.end = end;
    sample.seconds = 60s;
    sample.values = std::move(values);
    return sample;
  }
  static std::vector<Point> read(History& history, Measure measure, Resolution resolution,
                                 WallTime from, WallTime to) {
    auto points = history.read({measure, resolution, from, to});
    EXPECT_TRUE(points) << points.error().message();
    return *points;
  }

  files::TempFolder folder_;
  std::filesystem::path file_ = folder_.path() / kFileName;
};

/// A made-up office: nights are quiet, and the storage grows.
std::vector<Value> happened(std::int64_t minute) {
  const std::int64_t hour = minute / 60 % 24;
  const std::int64_t polls = hour < 7 ? minute % 3 : 100 + minute * 7919 % 50;
  return {{Measure::kLoginsGood, polls},
          {Measure::kRetrievalsAsked, polls / 2},
          {Measure::kRetrievalsWhole, polls / 2 - (minute % 97 == 0 && polls > 4 ? 1 : 0)},
          {Measure::kOctetsRetrieved, polls * 4321},
          {Measure::kSessionsOpen, polls % 17},
          {Measure::kLiveBytes, 1'000'000 + minute * 100}};
}

TEST_F(HistoryTest, AWeekComesTogetherExactly) {
  History history = open();
  constexpr std::int64_t kMinutes = 7L * 24 * 60;
  // What they come to, added up in another way.
  std::map<Resolution, std::map<std::int64_t, std::map<Measure, std::int64_t>>> sums;
  for (std::int64_t minute = 0; minute < kMinutes; ++minute) {
    const auto values = happened(minute);
    ASSERT_TRUE(history.add(minute_of(kStart + std::chrono::minutes(minute + 1), values)));
    for (const ResolutionInfo& info : kResolutions)
      for (const Value& value : values) {
        std::int64_t& sum = sums[info.resolution][minute * 60 / info.span.count()][value.measure];
        const Kind kind = info_of(value.measure).kind;
        if (kind == Kind::kSum) sum += value.value;
        if (kind == Kind::kLast) sum = value.value;
        if (kind == Kind::kMost) sum = std::max(sum, value.value);
      }
  }
  for (const ResolutionInfo& info : kResolutions) {
    const WallTime end = kStart + std::chrono::minutes(kMinutes);
    const WallTime from = std::max(kStart, end - info.span * info.kept);
    for (const Value& value : happened(0)) {
      const auto points = read(history, value.measure, info.resolution, from, end);
      ASSERT_EQ(points.size(), (end - from) / info.span);
      for (const Point& point : points) {
        const std::int64_t place = (point.began - kStart) / info.span;
        ASSERT_EQ(point.value, sums[info.resolution][place][value.measure])
            << info.name << ' ' << place << ' ' << info_of(value.measure).name;
        ASSERT_EQ(point.seconds, info.span);
      }
    }
  }
}

TEST_F(HistoryTest, WhatIsNotKnownIsAGap) {
  History history = open();
  ASSERT_TRUE(history.add(minute_of(kStart + 1min, {{Measure::kLoginsGood, 3}})));
  ASSERT_TRUE(history.add(minute_of(kStart + 3min, {{Measure::kLiveBytes, 5}})));
  const auto logins =
      read(history, Measure::kLoginsGood, Resolution::kMinute, kStart, kStart + 3min);
  ASSERT_EQ(logins.size(), 3U);
  EXPECT_EQ(logins[0].value, 3);
  EXPECT_EQ(logins[1].value, std::nullopt);
  EXPECT_EQ(logins[2].value, 0) << "the server was at work, and nobody came";
  const auto bytes = read(history, Measure::kLiveBytes, Resolution::kMinute, kStart, kStart + 3min);
  EXPECT_EQ(bytes[0].value, std::nullopt);
  EXPECT_EQ(bytes[2].value, 5);
}

TEST_F(HistoryTest, ARestartGoesOn) {
  {
    History history = open();
    Sample half = minute_of(kStart + 20s, {{Measure::kLoginsGood, 2}});
    half.seconds = 20s;
    ASSERT_TRUE(history.add(half));
  }
  History history = open();
  Sample rest = minute_of(kStart + 60s, {{Measure::kLoginsGood, 5}});
  rest.seconds = 30s;
  ASSERT_TRUE(history.add(rest));
  auto reader = History::open_to_read(file_);
  ASSERT_TRUE(reader) << reader.error().message();
  const auto points =
      read(*reader, Measure::kLoginsGood, Resolution::kMinute, kStart, kStart + 1min);
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].value, 7);
  EXPECT_EQ(points[0].seconds, 50s);
}

/// As after ten years: as many periods of each kind as are kept, with every measure in each, and
/// some more.
TEST_F(HistoryTest, IsUnder20MBForEver) {
  History history = open();
  std::vector<Value> all;
  for (const MeasureInfo& info : measures())
    all.push_back(
        {info.measure, (std::int64_t{1} << 47) + static_cast<std::int64_t>(info.measure)});
  // Each of these is a new period of all three kinds.
  auto raw = sql::Connection::open(file_, {sql::Mode::kAsItIs, 5s, ""});
  ASSERT_TRUE(raw);
  ASSERT_TRUE(raw->run("BEGIN"));
  for (const ResolutionInfo& info : kResolutions) {
    const std::string number = std::to_string(static_cast<int>(info.resolution));
    const std::string count = std::to_string(info.kept + 3);
    const std::string began = std::to_string(info.span.count()) + "*i";
    const std::string series =
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i<" + count + ") ";
    ASSERT_TRUE(raw->run((series + "INSERT INTO periods SELECT " + number + "," + began + "," +
                          std::to_string(info.span.count()) + " FROM c")
                             .c_str()));
    ASSERT_TRUE(raw->run((series + ", m(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM m WHERE n<" +
                          std::to_string(measures().size()) + ") INSERT INTO points SELECT " +
                          number + "," + began + ",n,140737488355328+i FROM c, m ORDER BY i, n")
                             .c_str()));
  }
  ASSERT_TRUE(raw->run("COMMIT"));
  const WallTime now = kStart;
  for (int i = 1; i <= 100; ++i)
    ASSERT_TRUE(history.add(minute_of(now + std::chrono::days(i), all)));
  ASSERT_TRUE(raw->run("PRAGMA wal_checkpoint(TRUNCATE)"));
  EXPECT_LT(std::filesystem::file_size(file_), 20'000'000U);
  std::uintmax_t beside = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
    beside += entry.file_size();
  EXPECT_LT(beside, 20'000'000U);
  for (const ResolutionInfo& info : kResolutions) {
    auto counted = raw->prepare("SELECT count(*), max(began) FROM periods WHERE resolution = " +
                                std::to_string(static_cast<int>(info.resolution)));
    ASSERT_TRUE(counted && counted->step());
    EXPECT_EQ(counted->number(0), info.kept);
    EXPECT_EQ(counted->number(1), begin_of(info.resolution, now + std::chrono::days(100) - 1ms));
  }
}

TEST_F(HistoryTest, AClockThatJumpsAheadForgetsNothing) {
  History history = open();
  ASSERT_TRUE(history.add(minute_of(kStart + 1min, {{Measure::kLoginsGood, 1}})));
  ASSERT_TRUE(
      history.add(minute_of(kStart + std::chrono::days(20'000), {{Measure::kLoginsGood, 9}})));
  ASSERT_TRUE(history.add(minute_of(kStart + 2min, {{Measure::kLoginsGood, 2}})));
  const auto points =
      read(history, Measure::kLoginsGood, Resolution::kDay, kStart, kStart + std::chrono::days(1));
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].value, 3);
}

TEST_F(HistoryTest, ABrokenFileIsFoundAndSetAside) {
  {
    History history = open();
    for (int i = 1; i < 200; ++i)
      ASSERT_TRUE(history.add(minute_of(kStart + std::chrono::minutes(i), happened(i))));
  }
  std::fstream damage(file_, std::ios::in | std::ios::out | std::ios::binary);
  damage.seekp(4096);
  damage << std::string(8000, 'x');
  damage.close();
  const auto broken = History::open(file_);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Errc::kCorrupt);
  ASSERT_TRUE(set_aside(file_));
  EXPECT_TRUE(std::filesystem::exists(file_.string() + ".broken"));
  History fresh = open();
  EXPECT_TRUE(fresh.add(minute_of(kStart + 1min, happened(1))));
}

TEST_F(HistoryTest, WhatIsNoDatabaseIsBrokenToo) {
  std::ofstream(file_) << std::string(5000, 'x');
  const auto broken = History::open(file_);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Errc::kCorrupt);
}

TEST_F(HistoryTest, ANewerVersionsFileIsLeftAlone) {
  open();
  auto raw = sql::Connection::open(file_, {sql::Mode::kWrite, 0s, ""});
  ASSERT_TRUE(raw && raw->run("PRAGMA user_version = 2"));
  const auto refused = History::open(file_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kState);
}

TEST_F(HistoryTest, AsksForNoMoreThanCanBeShown) {
  History history = open();
  const auto points = history.read(
      {Measure::kLoginsGood, Resolution::kMinute, kStart, kStart + std::chrono::days(365)});
  ASSERT_FALSE(points);
  EXPECT_EQ(points.error().code, Errc::kLimit);
  EXPECT_EQ(History::open_to_read(folder_.path() / "none").error().code, Errc::kNotFound);
}

TEST_F(HistoryTest, MeasuresAndPeriodsHaveTheirPlaces) {
  for (const MeasureInfo& info : measures()) {
    EXPECT_EQ(find_measure(info.name), &info_of(info.measure));
    EXPECT_FALSE(info.help.empty());
  }
  EXPECT_EQ(find_measure("nothing"), nullptr);
  EXPECT_EQ(begin_of(Resolution::kDay, WallTime(-1ms)), -86400);
  EXPECT_EQ(begin_of(Resolution::kQuarter, kStart + 15min),
            (kStart + 15min).time_since_epoch() / 1s);
  EXPECT_EQ(resolution_for(std::chrono::hours(48)), Resolution::kMinute);
  EXPECT_EQ(resolution_for(std::chrono::hours(49)), Resolution::kQuarter);
  EXPECT_EQ(resolution_for(std::chrono::days(93)), Resolution::kDay);
}

}  // namespace
}  // namespace restante::history
