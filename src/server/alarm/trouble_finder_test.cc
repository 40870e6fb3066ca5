#include "server/alarm/trouble_finder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::server {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kDay = std::chrono::days(1);

class TroubleFinderTest : public ::testing::Test {
 protected:
  std::vector<std::string> look() {
    std::vector<std::string> keys;
    for (const Trouble& trouble : finder_.look(facts_, limits_)) keys.push_back(trouble.key());
    return keys;
  }
  std::string what() { return finder_.look(facts_, limits_).at(0).what; }

  TroubleFinder finder_;
  TroubleLimits limits_{7 * kDay};
  Facts facts_{.now = WallTime(20'000 * kDay)};
};

TEST_F(TroubleFinderTest, AQuietServerHasNone) {
  facts_.certificate_ends = facts_.now + 90 * kDay;
  facts_.last_backup = facts_.now - 1 * kDay;
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(TroubleFinderTest, WhatIsSeenLastsAsLongAsItIsSeen) {
  facts_.disk_short = "only 12 bytes are free";
  facts_.data_dir_lost = "/var/x is gone";
  facts_.clock_is_doubtful = true;
  facts_.back_ends_down["ldap ldap://a.test"] = "refused";
  EXPECT_THAT(look(), ElementsAre("data-dir", "disk", "back-end ldap ldap://a.test", "clock"));
  facts_.disk_short.clear();
  facts_.data_dir_lost.clear();
  facts_.clock_is_doubtful = false;
  EXPECT_EQ(what(), "ldap ldap://a.test does not answer: refused");
  facts_.back_ends_down.clear();
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(TroubleFinderTest, ACertificateIsToldOfTwoWeeksBefore) {
  facts_.certificate = "/etc/a.pem";
  facts_.certificate_ends = facts_.now + 14 * kDay + 1ms;
  EXPECT_THAT(look(), IsEmpty());
  facts_.now += 1ms;
  EXPECT_THAT(look(), ElementsAre("certificate /etc/a.pem"));
  EXPECT_EQ(what(), "The certificate /etc/a.pem ends in 14 days");
  facts_.now += 13 * kDay;
  EXPECT_EQ(what(), "The certificate /etc/a.pem ends in 24 hours");
  facts_.now += 1 * kDay;
  EXPECT_EQ(what(), "The certificate /etc/a.pem has ended");
}

TEST_F(TroubleFinderTest, AnOldBackupIsOneAndNoBackupIsNone) {
  facts_.last_backup = facts_.now - 7 * kDay;
  EXPECT_THAT(look(), IsEmpty());
  facts_.now += 1ms;
  EXPECT_THAT(look(), ElementsAre("backups"));
  limits_.backup_age = 0ms;
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(TroubleFinderTest, AFewFailedDeliveriesAreNone) {
  facts_.deliveries_failed = 4;
  EXPECT_THAT(look(), IsEmpty());
  facts_.now += 15min;
  EXPECT_THAT(look(), IsEmpty());  // They count no more.
  facts_.deliveries_failed = 8;
  EXPECT_THAT(look(), IsEmpty());
  facts_.now += 14min;
  facts_.deliveries_failed = 9;
  EXPECT_EQ(what(), "5 deliveries failed");
  facts_.now += 15min;
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(TroubleFinderTest, OneMailThatTheArchiveDidNotTakeIsOne) {
  facts_.archive_failures = 1;
  facts_.archive_reason = "archive@x.test: limit";
  EXPECT_THAT(look(), ElementsAre("archive"));
  EXPECT_EQ(what(), "1 mail could not be archived: archive@x.test: limit");
  facts_.now += 15min;
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(TroubleFinderTest, AnArchiveThatIsNotThereIsOneBeforeAMailCame) {
  facts_.archive_broken = "archive-2@x.test: there is no account of this name";
  EXPECT_EQ(what(), "archive-2@x.test: there is no account of this name");
  facts_.archive_failures = 1;
  EXPECT_THAT(look(), ElementsAre("archive")) << "one trouble, not two";
  facts_.archive_broken.clear();
  facts_.now += 15min;
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(TroubleFinderTest, DamageLastsUntilTwoDaysWithout) {
  facts_.damage_found = 1;
  EXPECT_EQ(what(), "1 damaged record found");
  facts_.now += 2 * kDay - 1ms;
  EXPECT_THAT(look(), ElementsAre("damage"));
  facts_.now += 1ms;
  EXPECT_THAT(look(), IsEmpty());
  facts_.damage_found = 2;
  EXPECT_EQ(what(), "1 damaged record found");
}

TEST_F(TroubleFinderTest, UpkeepScrubAndJournal) {
  facts_.upkeep_failures = facts_.scrub_failures = facts_.acts_dropped = 1;
  EXPECT_THAT(look(), ElementsAre("upkeep", "scrub", "journal"));
}

TEST_F(TroubleFinderTest, AClockThatWasSetBackKeepsNothingForEver) {
  facts_.damage_found = 1;
  EXPECT_THAT(look(), ElementsAre("damage"));
  facts_.now -= 400 * kDay;
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(TroubleFinderTest, ARestartEndsNone) {
  finder_.resume("damage", "3 damaged records found", facts_.now);
  finder_.resume("back-end ldap ldap://a.test", "it does not answer", facts_.now);
  EXPECT_THAT(look(), ElementsAre("damage", "back-end ldap ldap://a.test"));
  EXPECT_EQ(what(), "3 damaged records found");
  facts_.now += 15min;  // By now it would have been asked.
  EXPECT_THAT(look(), ElementsAre("damage"));
  facts_.now += 2 * kDay;
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(TroubleFinderTest, OneThatEndedAfterARestartBeginsAsAnyOther) {
  finder_.resume("deliveries", "9 deliveries failed", facts_.now);
  EXPECT_THAT(look(), ElementsAre("deliveries"));
  facts_.now += 15min;
  EXPECT_THAT(look(), IsEmpty());
  facts_.deliveries_failed = 1;
  EXPECT_THAT(look(), IsEmpty());
}

}  // namespace
}  // namespace restante::server
