#include "server/delivery/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "server/common/test_support.h"
#include "server/delivery/spool.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

accounts::Settings settings_with(const std::string& account, std::uint64_t logs) {
  accounts::Settings settings;
  settings.archive_account = account;
  settings.archive_logs = logs;
  settings.names.default_domain = "x.test";
  return settings;
}

TEST(ArchiveAccounts, AreNumberedBehindTheLocalPart) {
  EXPECT_THAT(archive_accounts(settings_with("", 1)), IsEmpty());
  EXPECT_THAT(archive_accounts(settings_with("Archive", 3)),
              ElementsAre("archive@x.test", "archive-2@x.test", "archive-3@x.test"));
}

TEST(ArchiveAccounts, ShareTheMailEvenlyByItsId) {
  const accounts::Settings settings = settings_with("archive@x.test", 8);
  std::map<std::string, int> counts;
  for (int i = 0; i < 8000; ++i) {
    const std::string id = "1a2b-" + std::to_string(i / 10) + "." + std::to_string(i % 10);
    const std::string account = archive_account_for(settings, id);
    EXPECT_EQ(archive_account_for(settings, id), account);
    ++counts[account];
  }
  EXPECT_EQ(counts.size(), 8U);
  for (const std::string& name : archive_accounts(settings)) {
    EXPECT_GT(counts[name], 800);
    EXPECT_LT(counts[name], 1200);
  }
}

class ArchiveTest : public ::testing::Test {
 protected:
  ArchiveTest() {
    made_.directory.add("archive@x.test");
    spool_.append("Subject: x\r\n\r\nbody\r\n");
    trace_.sender = "bob@example.net";
    mail_.octets = spool_.size();
    to_.routes = {
        {"a+t@x.test", {"a@x.test"}}, {"hidden@x.test", {"b@x.test"}}, {"gone@x.test", {}}};
    to_.terms.emplace("a@x.test", AccountTerms());
    to_.terms.emplace("b@x.test", AccountTerms());
    rules_.terms_of = [this](const std::string& account) { return to_.terms.at(account); };
  }
  ArchiveCopy archive() {
    ArchiveCopy copy("archive@x.test");
    copy.find(made_.services, config_);
    copy.store(made_.store, mail_, rules_, to_);
    copy.count(made_.services);
    return copy;
  }
  /// The answers of the recipients afterwards.
  std::vector<smtp::Delivery> deliver() {
    EnvelopeDelivery delivery(made_.store, mail_, to_.routes, rules_);
    delivery.store({});
    std::vector<smtp::Delivery> verdicts;
    for (const smtp::Outcome& outcome : delivery.take_outcomes())
      verdicts.push_back(outcome.verdict);
    return verdicts;
  }
  std::vector<std::string>& archived() { return made_.store.delivered["archive@x.test"]; }
  ArchiveMeasure& measure() { return made_.services.measures->archive; }

  TestServices made_;
  settings::Config config_;
  Spool spool_{"/does/not/exist"};
  mail::TraceValues trace_{"mail.x.test", "LMTP"};
  Mail mail_{spool_, trace_};
  Destinations to_;
  DeliveryRules rules_;
};

TEST_F(ArchiveTest, HasTheEnvelopeAndTheMailOnce) {
  const ArchiveCopy copy = archive();
  EXPECT_TRUE(copy.is_done());
  EXPECT_THAT(archived(),
              ElementsAre(AllOf(HasSubstr("X-Envelope-From: <bob@example.net>\r\n"
                                          "X-Envelope-To: <a+t@x.test>,\r\n\t<hidden@x.test>,\r\n"
                                          "\t<gone@x.test>\r\nDelivered-To: archive@x.test\r\n"),
                                EndsWith("\r\n\r\nbody\r\n"))));
  EXPECT_THAT(deliver(), ElementsAre(smtp::Delivery::kDone, smtp::Delivery::kDone,
                                     smtp::Delivery::kTemporary));
  EXPECT_THAT(made_.store.delivered["a@x.test"],
              ElementsAre(::testing::Not(HasSubstr("X-Envelope"))));
  EXPECT_EQ(measure().done.value(), 1U);
}

TEST_F(ArchiveTest, WhatItDoesNotTakeNobodyGets) {
  for (const Errc why : {Errc::kLimit, Errc::kFull, Errc::kCorrupt, Errc::kIo}) {
    made_.store.failures["archive@x.test"] = why;
    to_.handed_on.push_back({});
    const ArchiveCopy copy = archive();
    EXPECT_TRUE(copy.is_tried() && !copy.is_done());
    EXPECT_THAT(to_.handed_on, IsEmpty());
    EXPECT_THAT(deliver(), ElementsAre(smtp::Delivery::kTemporary, smtp::Delivery::kTemporary,
                                       smtp::Delivery::kTemporary));
    EXPECT_THAT(made_.store.delivered["a@x.test"], IsEmpty());
  }
  EXPECT_EQ(measure().failed.value(), 4U);
  EXPECT_THAT(measure().reason(), HasSubstr("archive@x.test: "));
}

TEST_F(ArchiveTest, AnAccountThatIsMissingTakesNothing) {
  made_.directory.accounts.clear();
  EXPECT_THAT(archive().copy().failures, ElementsAre(HasSubstr("no account of this name")));
  EXPECT_THAT(deliver(), ::testing::Each(smtp::Delivery::kTemporary));
  EXPECT_THAT(archived(), IsEmpty());
}

TEST_F(ArchiveTest, ADirectoryThatCannotBeAskedPutsMailOff) {
  made_.directory.broken = true;
  EXPECT_FALSE(archive().is_done());
  EXPECT_THAT(deliver(), ::testing::Each(smtp::Delivery::kTemporary));
}

TEST_F(ArchiveTest, AMailForNobodyIsNotArchived) {
  to_.routes = {{"gone@x.test", {}}};
  EXPECT_FALSE(archive().is_tried());
  EXPECT_THAT(archived(), IsEmpty());
  EXPECT_EQ(measure().done.value() + measure().failed.value(), 0U);
}

TEST_F(ArchiveTest, AMailForOtherServersAloneIs) {
  to_.routes = {{"far@x.test", {}}};
  to_.handed_on.push_back({});
  EXPECT_TRUE(archive().is_done());
  EXPECT_EQ(to_.handed_on.size(), 1U);
}

TEST_F(ArchiveTest, HasItsOwnQuotaAndIsWarnedOfIt) {
  made_.directory.accounts["archive@x.test"].allowance.quota_octets = 1000;
  made_.store.usages["archive@x.test"] = {3, 900};
  std::vector<std::uint64_t> seen;
  rules_.warn = [&seen](const QuotaHolder& holder, const maildrop::Usage& usage,
                        const std::optional<maildrop::Usage>& before) -> Result<bool> {
    seen = {holder.quota.octets, usage.messages, before->octets};
    return true;
  };
  EXPECT_TRUE(archive().copy().warned);
  EXPECT_EQ(made_.store.quotas["archive@x.test"].octets, 1000U);
  EXPECT_THAT(seen, ElementsAre(1000U, 4U, 900U));
}

TEST_F(ArchiveTest, AUtf8EnvelopeIsAUtf8Header) {
  to_.routes[0].recipient = "\xc3\xbc@x.test";
  EXPECT_TRUE(archive().is_done());
  EXPECT_THAT(archived()[0], HasSubstr("<\xc3\xbc@x.test>"));
  EXPECT_TRUE(made_.store.flags["archive@x.test"].utf8_header);
}

TEST_F(ArchiveTest, AnAccountOnAnotherServerIsNoArchive) {
  settings::FarServer there;
  there.pop3 = *config::parse_far_pop3("pop3s://old.example");
  there.domains = {"x.test"};
  there.pins = {std::string(64, 'a')};
  const auto homes = Homes::load({there});
  ASSERT_TRUE(homes);
  made_.services.homes = homes->get();
  EXPECT_FALSE(archive().is_done());
  EXPECT_THAT(measure().reason(), HasSubstr("another server"));
}

}  // namespace
}  // namespace restante::server
