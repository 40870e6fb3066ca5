#include "server/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/spool.h"
#include "server/test_support.h"

namespace restante::server {
namespace {

using smtp::Delivery;
using ::testing::ElementsAre;

class DeliveryTest : public ::testing::Test {
 protected:
  DeliveryReport run(const std::vector<Route>& routes) {
    Spool spool("/does/not/exist");
    spool.append("Subject: x\r\n\r\nbody\r\n");
    mail::TraceValues trace("mail.example.test", "LMTP");
    trace.sender = "bob@example.net";
    Mail mail(spool, trace);
    mail.octets = spool.size();
    return deliver(store_, mail, routes, rules_);
  }
  FakeStore store_;
  DeliveryRules rules_;
};

TEST_F(DeliveryTest, EachRecipientHasItsOwnTrace) {
  const auto report = run({{"a@x.test", {"a@x.test"}}, {"b+t@x.test", {"b@x.test"}}});
  EXPECT_THAT(report.verdicts, ElementsAre(Delivery::kDone, Delivery::kDone));
  EXPECT_EQ(report.copies, 2U);
  EXPECT_THAT(store_.delivered["b@x.test"],
              ElementsAre(::testing::AllOf(::testing::HasSubstr("Delivered-To: b@x.test\r\n"),
                                           ::testing::HasSubstr("for <b+t@x.test>"),
                                           ::testing::EndsWith("\r\n\r\nbody\r\n"))));
}

TEST_F(DeliveryTest, AnAccountOnTwoRoutesGetsItOnce) {
  const auto report = run({{"a@x.test", {"a@x.test"}}, {"all@x.test", {"b@x.test", "a@x.test"}}});
  EXPECT_THAT(report.verdicts, ElementsAre(Delivery::kDone, Delivery::kDone));
  EXPECT_EQ(store_.delivered["a@x.test"].size(), 1U);
  EXPECT_EQ(store_.delivered["b@x.test"].size(), 1U);
}

TEST_F(DeliveryTest, ARouteIsDoneOnlyWhenAllItsAccountsAre) {
  store_.failures = {
      {"b@x.test", Errc::kIo}, {"c@x.test", Errc::kFull}, {"d@x.test", Errc::kLimit}};
  const auto report = run({{"list@x.test", {"a@x.test", "b@x.test"}},
                           {"c@x.test", {"c@x.test"}},
                           {"d@x.test", {"d@x.test"}},
                           {"a@x.test", {"a@x.test"}}});
  EXPECT_THAT(report.verdicts, ElementsAre(Delivery::kTemporary, Delivery::kDiskFull,
                                           Delivery::kOverQuota, Delivery::kDone));
  EXPECT_EQ(report.failures.size(), 3U);
}

TEST_F(DeliveryTest, ARouteThatLeadsNowhereIsNeverDone) {
  EXPECT_THAT(run({{"gone@x.test", {}}}).verdicts, ElementsAre(Delivery::kTemporary));
}

TEST_F(DeliveryTest, AQuotaIsHandedToTheStore) {
  rules_.quota_of = [](const std::string& account) -> Result<maildrop::Quota> {
    if (account == "down@x.test") return Error(Errc::kIo, "disk is gone");
    return maildrop::Quota{.messages = 7, .octets = 4096};
  };
  store_.failures = {{"full@x.test", Errc::kLimit}};
  const auto report = run({{"a@x.test", {"a@x.test"}},
                           {"down@x.test", {"down@x.test"}},
                           {"full@x.test", {"full@x.test"}}});
  EXPECT_THAT(report.verdicts,
              ElementsAre(Delivery::kDone, Delivery::kTemporary, Delivery::kOverQuota));
  EXPECT_EQ(store_.quotas["a@x.test"].messages, 7U);
  EXPECT_EQ(store_.quotas["a@x.test"].octets, 4096U);
  EXPECT_EQ(report.over_quota, 1U);
  EXPECT_THAT(report.warned, ::testing::IsEmpty()) << "no level is set";
}

TEST_F(DeliveryTest, TheReserveOfTheDiskIsNotTouched) {
  rules_.check_room = [](std::uint64_t bytes) {
    EXPECT_GT(bytes, 20U) << "the trace header counts";
    return Status(Error(Errc::kFull));
  };
  const auto report = run({{"a@x.test", {"a@x.test"}}});
  EXPECT_THAT(report.verdicts, ElementsAre(Delivery::kDiskFull));
  EXPECT_EQ(report.disk_full, 1U);
  EXPECT_THAT(store_.delivered["a@x.test"], ::testing::IsEmpty());
}

TEST_F(DeliveryTest, TheOwnerIsToldWhenTheLevelIsReached) {
  rules_.quota_of = [](const std::string&) { return maildrop::Quota{.messages = 10, .octets = 0}; };
  rules_.warning_percent = 90;
  store_.usages["a@x.test"] = {.messages = 8, .octets = 1};
  const auto report = run({{"a@x.test", {"a@x.test"}}, {"b@x.test", {"b@x.test"}}});
  EXPECT_THAT(report.warned, ElementsAre("a@x.test"));
  EXPECT_EQ(report.copies, 2U) << "the warning is no copy of the mail";
  ASSERT_EQ(store_.delivered["a@x.test"].size(), 2U);
  EXPECT_THAT(store_.delivered["a@x.test"][1], ::testing::HasSubstr("Subject: Your mailbox"));
  EXPECT_EQ(store_.quotas["a@x.test"].messages, 0U) << "the warning has no quota";
}

TEST_F(DeliveryTest, AWarningThatFailsDoesNotFailTheMail) {
  rules_.quota_of = [](const std::string&) { return maildrop::Quota{.messages = 1, .octets = 0}; };
  rules_.warning_percent = 90;
  store_.deliveries_until_full = 1;
  const auto report = run({{"a@x.test", {"a@x.test"}}});
  EXPECT_THAT(report.verdicts, ElementsAre(Delivery::kDone));
  EXPECT_EQ(report.failures.size(), 1U);
}

}  // namespace
}  // namespace restante::server
