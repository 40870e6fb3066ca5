#include "server/alarm/alarms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "server/alarm/last_backup.h"
#include "server/common/test_support.h"
#include "server/elsewhere/homes.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AlarmsTest : public ::testing::Test {
 protected:
  AlarmsTest() {
    made_.directory.add("boss@x.test");
    auto settings = std::make_shared<Settings>();
    settings->config.data_dir = folder_.path();
    settings->config.hostname = "mail.x.test";
    settings->config.alarm.to = "boss@x.test";
    settings_.set(settings);
  }
  std::vector<std::string>& mails() { return made_.store.delivered["boss@x.test"]; }
  BackEndMeasures& back_ends() { return made_.services.measures->back_ends; }
  Metrics& metrics() { return made_.services.metrics; }
  std::unique_ptr<Alarms> make() { return std::make_unique<Alarms>(made_.services, settings_); }

  accounts::TempDir folder_;
  ManualClock clock_{WallTime(std::chrono::days(20'000))};
  TestServices made_{clock_};
  SettingsHolder settings_{nullptr};
};

TEST_F(AlarmsTest, TellsOnceAndOnceMoreWhenItIsOver) {
  const auto alarms = make();
  alarms->look();
  EXPECT_THAT(mails(), IsEmpty());
  metrics().clock_doubtful.set(1);
  alarms->look();
  alarms->look();
  ASSERT_THAT(mails(), SizeIs(1));
  EXPECT_THAT(mails()[0], HasSubstr("Subject: mail.x.test: The clock jumped ahead\r\n"));
  EXPECT_THAT(mails()[0], HasSubstr("Auto-Submitted: auto-generated\r\n"));
  EXPECT_THAT(alarms->current(), SizeIs(1));
  metrics().clock_doubtful.set(0);
  alarms->look();
  alarms->look();
  ASSERT_THAT(mails(), SizeIs(2));
  EXPECT_THAT(mails()[1], HasSubstr("Subject: mail.x.test: over: The clock jumped ahead\r\n"));
  EXPECT_THAT(alarms->current(), IsEmpty());
}

TEST_F(AlarmsTest, ARestartTellsNoneAgain) {
  back_ends().tell({accounts::OutageNews::Kind::kDown, "ldap", "refused\r\nX: y"});
  make()->look();
  ASSERT_THAT(mails(), SizeIs(1));
  EXPECT_THAT(mails()[0], HasSubstr("ldap does not answer: refused  X: y."));
  made_.services.measures = make_measures();
  const auto again = make();
  again->look();
  EXPECT_THAT(mails(), SizeIs(1));
  clock_.advance(std::chrono::minutes(15));
  again->look();
  EXPECT_THAT(mails(), SizeIs(2));
}

TEST_F(AlarmsTest, WhatCouldNotBeToldIsTriedAgain) {
  metrics().data_dir_lost.set(1);
  made_.store.failures["boss@x.test"] = Errc::kIo;
  const auto alarms = make();
  alarms->look();
  EXPECT_THAT(mails(), IsEmpty());
  made_.store.failures.clear();
  alarms->look();
  EXPECT_THAT(mails(), SizeIs(1));
}

TEST_F(AlarmsTest, WithoutAnAddressOnlyTheLogHasThem) {
  auto settings = std::make_shared<Settings>(*settings_.get());
  settings->config.alarm.to.clear();
  settings_.set(settings);
  metrics().clock_doubtful.set(1);
  const auto alarms = make();
  alarms->look();
  EXPECT_THAT(mails(), IsEmpty());
  EXPECT_THAT(alarms->current(), SizeIs(1));
  settings = std::make_shared<Settings>(*settings);
  settings->config.server.operator_address = "boss@x.test";
  settings_.set(settings);
  alarms->look();  // The operator of before is told what lasts.
  EXPECT_THAT(mails(), SizeIs(1));
}

TEST_F(AlarmsTest, AnOperatorOnAnotherServerIsNotTellable) {
  settings::FarServer there;
  there.pop3 = *config::parse_far_pop3("pop3s://old.example");
  there.domains = {"x.test"};
  there.pins = {std::string(64, 'a')};
  const auto homes = Homes::load({there});
  ASSERT_TRUE(homes);
  made_.services.homes = homes->get();
  metrics().clock_doubtful.set(1);
  const auto alarms = make();
  alarms->look();
  EXPECT_THAT(mails(), IsEmpty()) << "where nobody collects it";
  made_.services.homes = nullptr;
  alarms->look();
  EXPECT_THAT(mails(), SizeIs(1)) << "tried again";
}

TEST_F(AlarmsTest, ABackEndThatComplainsIsNotDown) {
  back_ends().tell({accounts::OutageNews::Kind::kComplains, "ldap", "no right"});
  const auto alarms = make();
  alarms->look();
  EXPECT_THAT(alarms->current(), IsEmpty());
  back_ends().tell({accounts::OutageNews::Kind::kDown, "ldap", "refused"});
  alarms->look();
  EXPECT_THAT(alarms->current(), SizeIs(1));
  back_ends().tell({accounts::OutageNews::Kind::kBack, "ldap", ""});
  alarms->look();
  EXPECT_THAT(alarms->current(), IsEmpty());
}

TEST_F(AlarmsTest, AnArchiveAccountThatIsMissingIsTold) {
  auto settings = std::make_shared<Settings>(*settings_.get());
  settings->config.accounts.archive_account = "boss@x.test";
  settings->config.accounts.archive_logs = 2;
  settings_.set(settings);
  const auto alarms = make();
  alarms->look();
  EXPECT_THAT(mails(), ElementsAre(HasSubstr("boss-2@x.test: ")));
  EXPECT_THAT(mails()[0], ::testing::Not(HasSubstr("boss@x.test: ")));
  made_.directory.add("boss-2@x.test");
  alarms->look();
  ASSERT_THAT(mails(), SizeIs(2));
  made_.services.measures->archive.fail("boss@x.test: full");
  alarms->look();
  EXPECT_THAT(mails()[2], HasSubstr("1 mail could not be archived: boss@x.test: full."));
}

TEST_F(AlarmsTest, TheLastBackupIsTheTimeOfItsFile) {
  EXPECT_FALSE(last_backup(folder_.path()));
  note_last_backup(folder_.path(), clock_.now());  // Nothing was noted: nothing is made.
  EXPECT_FALSE(last_backup(folder_.path()));
  std::ofstream(backup_folders_file(folder_.path())) << "/b\n";
  note_last_backup(folder_.path(), clock_.now());
  EXPECT_EQ(last_backup(folder_.path()), clock_.now());
  clock_.advance(std::chrono::days(8));
  make()->look();
  EXPECT_THAT(mails(), ElementsAre(HasSubstr("The last backup was made 8 days ago.")));
}

}  // namespace
}  // namespace restante::server
