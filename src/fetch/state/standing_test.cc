#include "fetch/state/standing.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "fetch/hand_on/hand_on_names.h"
#include "fetch/hand_on/hand_on_queue.h"
#include "fetch/hand_on/hand_on_target.h"

namespace restante::fetch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Seconds kStart{seconds(1'790'000'000)};

class StandingTest : public testing::Test {
 protected:
  StandingTest() : database(std::move(*archive::Database::open(folder, archive::Access::kCreate))) {
    account.name = "work";
  }
  ~StandingTest() override { std::filesystem::remove_all(folder); }

  Report well() const {
    Report report;
    report.account = account.name;
    return report;
  }
  Report failed(Errc code = Errc::kTimeout) const {
    Report report = well();
    report.error = Error(code, "no answer");
    return report;
  }
  void note(const Report& report, Seconds now) {
    ASSERT_TRUE(note_run(database, account, report, now, std::nullopt));
  }
  Standing server() { return standings_of(database, account)->front(); }
  Standing target() { return standings_of(database, account)->at(1); }

  const std::filesystem::path folder =
      testing::TempDir() + "restante_standing_" + std::to_string(::getpid());
  archive::Database database;
  profile::Account account;
};

TEST_F(StandingTest, WhatWasNeverFetchedHasNothing) {
  EXPECT_FALSE(server().attempted);
  EXPECT_EQ(health_of(server(), minutes(5), kStart), Health::kNever);
}

TEST_F(StandingTest, FailingCountsFromItsFirstFailure) {
  note(well(), kStart);
  note(failed(), kStart + hours(1));
  note(failed(), kStart + hours(2));
  Standing standing = server();
  EXPECT_EQ(standing.succeeded, kStart);
  EXPECT_EQ(standing.failed, kStart + hours(2));
  EXPECT_EQ(standing.failing_since, kStart + hours(1));
  EXPECT_EQ(standing.reason, "no answer");
  EXPECT_EQ(health_of(standing, minutes(5), kStart + hours(2)), Health::kFailing);
  note(well(), kStart + hours(3));
  standing = server();
  EXPECT_FALSE(standing.failing_since);
  EXPECT_EQ(standing.failed, kStart + hours(2));
  EXPECT_EQ(health_of(standing, minutes(5), kStart + hours(3)), Health::kWell);
}

TEST_F(StandingTest, AMessageThatFailsIsAFailureAndSoIsAStateThatForbidsARun) {
  note(well(), kStart);
  note(failed(Errc::kState), kStart + hours(1));
  EXPECT_EQ(server().failing_since, kStart + hours(1));
  Report partly = well();
  partly.add_failure({7, "u7", "the server says: no", true});
  note(partly, kStart + hours(2));
  EXPECT_THAT(server().reason, testing::HasSubstr("message 7: the server says: no"));
  EXPECT_EQ(server().waiting, 1U);
}

TEST_F(StandingTest, ASuccessGetsOldAfterThreeIntervals) {
  note(well(), kStart);
  EXPECT_EQ(health_of(server(), minutes(5), kStart + minutes(15)), Health::kWell);
  EXPECT_EQ(health_of(server(), minutes(5), kStart + minutes(16)), Health::kLate);
}

TEST_F(StandingTest, TheUserIsToldOnceAndAgainAfterAWeek) {
  note(failed(), kStart);
  EXPECT_FALSE(is_to_be_told(server(), hours(6), kStart + hours(5)));
  EXPECT_TRUE(is_to_be_told(server(), hours(6), kStart + hours(6)));
  EXPECT_FALSE(is_to_be_told(server(), seconds(0), kStart + hours(1000)));
  ASSERT_TRUE(note_told(database, "work", "", kStart + hours(6)));
  EXPECT_FALSE(is_to_be_told(server(), hours(6), kStart + hours(7)));
  note(failed(), kStart + hours(7));
  EXPECT_TRUE(is_to_be_told(server(), hours(6), kStart + hours(6 + 24 * 7)));
  note(well(), kStart + hours(200));
  EXPECT_FALSE(server().told);
}

TEST_F(StandingTest, ATargetStandsByItsQueue) {
  account.hand_on.emplace_back();
  account.hand_on.back().kind = profile::HandOn::Kind::kMbox;
  account.hand_on.back().target = "/box";
  const std::string destination = destination_of(account.hand_on.back());
  auto queue = HandOnQueue::open(database, "work");
  const std::string sum(64, 'a');
  ASSERT_TRUE(queue->add(sum, destination));
  note(well(), kStart);
  EXPECT_EQ(health_of(target(), minutes(5), kStart), Health::kWell);  // Not tried yet.
  EXPECT_FALSE(target().succeeded);
  const auto items = queue->due(destination, kStart, 1);
  ASSERT_TRUE(queue->failed(items->at(0), {kStart, kStart + hours(1), "refused"}));
  note(well(), kStart + minutes(1));
  EXPECT_EQ(target().reason, "refused");
  EXPECT_EQ(target().next_look, kStart + hours(1));
  EXPECT_EQ(target().waiting, 1U);
  note(well(), kStart + minutes(2));  // Not tried again.
  EXPECT_EQ(target().failed, kStart + minutes(1));
  EXPECT_EQ(health_of(server(), minutes(5), kStart + minutes(2)), Health::kWell);
  ASSERT_TRUE(queue->done(items->at(0)));
  note(well(), kStart + minutes(3));
  EXPECT_EQ(target().succeeded, kStart + minutes(3));
  EXPECT_EQ(health_of(target(), minutes(5), kStart + hours(999)), Health::kWell);
  ASSERT_TRUE(database.run("UPDATE hand_on SET state = 2"));  // Given up.
  note(well(), kStart + minutes(4));
  EXPECT_EQ(target().given_up, 1U);
  EXPECT_EQ(health_of(target(), minutes(5), kStart + minutes(4)), Health::kFailing);
}

}  // namespace
}  // namespace restante::fetch
