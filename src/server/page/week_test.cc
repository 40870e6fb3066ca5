// A week of an ISP, replayed into history.db by the keeper that a server has, and read from there
// by the page: each column of each plot has what the model put into its time, and the picture says
// so.
#include <gmock/gmock.h>

#include <array>

#include "files/test_support.h"
#include "server/common/test_support.h"
#include "server/measures/measures.h"
#include "server/page/figures.h"
#include "server/upkeep/history_keeper.h"

namespace restante::server::page {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

constexpr WallTime kMonday{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)};
constexpr std::int64_t kMinutes = 7L * 24 * 60;

// The customers of bench/load/isp.cc: a user gets four mails a day and checks four times; three
// checks of four find nothing, and what the fourth finds is retrieved and deleted.
constexpr std::int64_t kUsers = 20'000;
constexpr std::int64_t kMailsADay = 4 * kUsers;
constexpr std::int64_t kChecksADay = 4 * kUsers;
/// The load of each hour, per mille of the day's: 15 per cent in the peak hour.
constexpr std::array<std::int64_t, 24> kHours = {10, 6,  4,  3,  4,  8,  18, 32, 45,  50, 52, 50,
                                                 48, 46, 46, 46, 48, 52, 58, 70, 150, 76, 50, 28};
/// Of a mail, and how many of 10,000 have them: that model's upper sizes.
constexpr std::array<std::pair<std::uint64_t, std::uint64_t>, 10> kKiB = {{{1, 1020},
                                                                           {2, 3071},
                                                                           {3, 2059},
                                                                           {4, 1078},
                                                                           {5, 588},
                                                                           {6, 374},
                                                                           {10, 744},
                                                                           {100, 979},
                                                                           {1000, 69},
                                                                           {2675, 18}}};

std::uint64_t octets_of_mail(std::int64_t number) {
  auto place = static_cast<std::uint64_t>(number) * 7919 % 10'000;  // Large ones are not together.
  for (const auto& [kib, share] : kKiB) {
    if (place < share) return 1024 * kib;
    place -= share;
  }
  return 0;
}

/// How much of a day's load comes before this minute of the week, of `a_day`.
std::int64_t before(std::int64_t minute, std::int64_t a_day) {
  const std::int64_t day = minute / (24 * 60);
  const std::int64_t hour = minute / 60 % 24;
  std::int64_t share = 0;  // Of 60,000.
  for (std::int64_t h = 0; h < hour; ++h) share += 60 * kHours[static_cast<std::size_t>(h)];
  share += minute % 60 * kHours[static_cast<std::size_t>(hour)];
  return day * a_day + a_day * share / 60'000;
}

/// Totals since the week's begin.
struct Totals {
  double mails = 0;
  double octets = 0;
  double logins = 0;
  double failed = 0;
};

class WeekTest : public ::testing::Test {
 protected:
  /// `step`: of the keeper's samples.
  void replay(minutes step) {
    keeper_.begin();
    totals_.resize(kMinutes + 1);
    for (std::int64_t minute = 0; minute < kMinutes; ++minute) {
      one_minute(minute);
      clock_.advance(1min);
      steady_ += 1min;
      if ((minute + 1) % step.count() == 0) keeper_.turn();
    }
  }

  std::vector<Figure> figures(Range range) {
    auto history = history::History::open_to_read(file_);
    if (!history) return {};
    // Within the last minute, as a page that is asked for before the next sample.
    const auto drawn = figures_of([&](const history::Query& query) { return history->read(query); },
                                  range, kMonday + minutes(kMinutes) - 1s);
    return drawn ? *drawn : std::vector<Figure>();
  }

  /// What the model has between two moments.
  [[nodiscard]] double between(double Totals::*member, WallTime from, WallTime to) const {
    return at(to).*member - at(from).*member;
  }

  void expect_like_model(const Plot& plot, std::size_t series, double Totals::*member) const {
    double sum = 0;
    for (std::size_t i = 0; i < plot.periods; ++i) {
      const WallTime from = plot.from + plot.period * static_cast<std::int64_t>(i);
      const double drawn = plot.series.at(series).values.at(i).value_or(0);
      EXPECT_EQ(drawn, between(member, from, from + plot.period)) << plot.title << " column " << i;
      sum += drawn;
    }
    const WallTime to = plot.from + plot.period * static_cast<std::int64_t>(plot.periods);
    EXPECT_EQ(sum, between(member, plot.from, to)) << plot.title;
  }

  void expect_plots(Range range) {
    const std::vector<Figure> drawn = figures(range);
    ASSERT_EQ(drawn.size(), 6U);
    expect_like_model(drawn[0].plot, 0, &Totals::mails);   // Retrieved whole.
    expect_like_model(drawn[1].plot, 0, &Totals::logins);  // Good.
    expect_like_model(drawn[1].plot, 2, &Totals::failed);
    expect_like_model(drawn[2].plot, 0, &Totals::octets);  // Retrieved.
    expect_like_model(drawn[3].plot, 0, &Totals::mails);   // Deleted.
    expect_like_model(drawn[4].plot, 0, &Totals::mails);   // Delivered.
  }

  std::vector<Totals> totals_;  // Before each minute.

 private:
  [[nodiscard]] const Totals& at(WallTime time) const {
    const auto minute = std::chrono::floor<minutes>(time - kMonday).count();
    return totals_.at(static_cast<std::size_t>(std::clamp<std::int64_t>(minute, 0, kMinutes)));
  }

  void one_minute(std::int64_t minute) {
    Measures& measures = *services_.measures;
    Totals& sum = totals_[static_cast<std::size_t>(minute) + 1];
    sum = totals_[static_cast<std::size_t>(minute)];
    for (std::int64_t mail = before(minute, kMailsADay); mail < before(minute + 1, kMailsADay);
         ++mail) {
      const std::uint64_t octets = octets_of_mail(mail);
      measures.count_delivery(0, 0);
      measures.octets_delivered.add(octets);
      measures.count(Retrieval::kWhole);
      services_.metrics.octets_retrieved.add(octets);
      services_.metrics.messages_deleted.add();
      services_.metrics.octets_deleted.add(octets);
      sum.mails += 1;
      sum.octets += static_cast<double>(octets);
    }
    for (std::int64_t check = before(minute, kChecksADay); check < before(minute + 1, kChecksADay);
         ++check) {
      const bool is_wrong = check % 50 == 0;
      measures.count_login("PLAIN", "TLSv1.3", is_wrong ? LoginEnd::kWrong : LoginEnd::kGood);
      (is_wrong ? sum.failed : sum.logins) += 1;
    }
  }

  ManualClock clock_{kMonday};
  TestServices all_{clock_};
  Services& services_ = all_.services;
  files::TempFolder folder_;
  std::filesystem::path file_ = folder_.path() / history::kFileName;
  std::chrono::steady_clock::time_point steady_{};
  HistoryKeeper keeper_{services_, file_, 0, [this] { return steady_; }};
};

TEST_F(WeekTest, TheModelIsTheModel) {
  std::int64_t day = 0;
  for (const std::int64_t hour : kHours) day += hour;
  EXPECT_EQ(day, 1000);
  EXPECT_EQ(before(kMinutes, kMailsADay), 7 * kMailsADay);
  std::uint64_t mails = 0;
  std::uint64_t octets = 0;
  for (std::int64_t mail = 0; mail < 10'000; ++mail) {
    ++mails;
    octets += octets_of_mail(mail);
  }
  EXPECT_NEAR(static_cast<double>(octets) / static_cast<double>(mails), 25e3, 3e3);
}

/// A sample each quarter of an hour: all that is drawn finer than that is the hour's plot.
TEST_F(WeekTest, EachColumnHasWhatHappenedInItsTime) {
  replay(15min);
  for (const Range range : {Range::kDay, Range::kMonth, Range::kYear, Range::kDecade})
    expect_plots(range);
  const std::vector<Figure> week = figures(Range::kMonth);
  const auto mails = static_cast<std::uint64_t>(totals_.back().mails);
  EXPECT_EQ(mails, 560'000U);
  EXPECT_EQ(week.at(0).summary, "100 % of 560,000 messages that were asked for went out whole");
  EXPECT_EQ(week.at(1).summary,
            "548,800 good, 11,200 failed, 0 refused; a good one took 0.0 ms "
            "on average");
  EXPECT_EQ(week.at(4).summary.substr(0, 23), "560,000 done, 0 failed;");
  // The peak hour of the last day, as people see it: two columns of a quarter, of 12,000 mails.
  const std::string picture = svg(figures(Range::kDay).at(4).plot);
  EXPECT_THAT(picture, testing::HasSubstr("3,000"));
}

TEST_F(WeekTest, EachMinuteOfTheLastHourIsDrawn) {
  replay(1min);
  for (const Range range : {Range::kHour, Range::kDay, Range::kMonth, Range::kYear})
    expect_plots(range);
}

}  // namespace
}  // namespace restante::server::page
