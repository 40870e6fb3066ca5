#include "server/delivery/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "server/common/test_support.h"
#include "server/delivery/spool.h"

namespace restante::server {
namespace {

using smtp::Delivery;
using ::testing::ElementsAre;

/// What a delivery came to.
struct Report {
  std::vector<Delivery> verdicts;
  std::vector<Copy> copies;
  std::uint64_t done = 0;
  std::vector<std::string> failures;
  std::vector<std::string> warned;
};

class DeliveryTest : public ::testing::Test {
 protected:
  Report run(const std::vector<Route>& routes, std::size_t threads = 1) {
    Spool spool("/does/not/exist");
    spool.append("Subject: x\r\n\r\nbody\r\n");
    mail::TraceValues trace("mail.example.test", "LMTP");
    trace.sender = "bob@example.net";
    Mail mail(spool, trace);
    mail.octets = spool.size();
    mail.uid = uid_;
    EnvelopeDelivery delivery(store_, mail, routes, rules_);
    Report report;
    std::mutex mutex;
    const auto ended = [&] {
      const std::lock_guard lock(mutex);
      for (const smtp::Outcome& outcome : delivery.take_outcomes())
        report.verdicts.push_back(outcome.verdict);
    };
    std::vector<std::thread> workers;
    for (std::size_t i = 1; i < threads; ++i) workers.emplace_back([&] { delivery.store(ended); });
    delivery.store(ended);
    for (std::thread& worker : workers) worker.join();
    ended();
    report.copies = delivery.copies();
    for (const Copy& copy : report.copies) {
      if (copy.verdict == Delivery::kDone) ++report.done;
      if (copy.warned) report.warned.push_back(copy.account);
      report.failures.insert(report.failures.end(), copy.failures.begin(), copy.failures.end());
    }
    return report;
  }
  void set_quota(maildrop::Quota quota) {
    rules_.terms_of = [quota](const std::string&) { return AccountTerms{quota}; };
    rules_.warn = [this](const QuotaHolder& holder, const maildrop::Usage& usage,
                         const std::optional<maildrop::Usage>& before) {
      WarningTerms terms(store_);
      terms.percent = 90;
      return warnings_.consider(terms, holder, usage, before);
    };
  }
  FakeStore store_;
  std::string uid_;
  QuotaWarnings warnings_{""};
  DeliveryRules rules_;
};

TEST_F(DeliveryTest, EachRecipientHasItsOwnTrace) {
  const auto report = run({{"a@x.test", {"a@x.test"}}, {"b+t@x.test", {"b@x.test"}}});
  EXPECT_THAT(report.verdicts, ElementsAre(Delivery::kDone, Delivery::kDone));
  EXPECT_EQ(report.done, 2U);
  EXPECT_THAT(store_.delivered["b@x.test"],
              ElementsAre(::testing::AllOf(::testing::HasSubstr("Delivered-To: b@x.test\r\n"),
                                           ::testing::HasSubstr("for <b+t@x.test>"),
                                           ::testing::EndsWith("\r\n\r\nbody\r\n"))));
}

TEST_F(DeliveryTest, AnAccountOnTwoRoutesGetsItOnce) {
  const auto report = run({{"a@x.test", {"a@x.test"}}, {"all@x.test", {"b@x.test", "a@x.test"}}});
  EXPECT_THAT(report.verdicts, ElementsAre(Delivery::kDone, Delivery::kDone));
  ASSERT_EQ(store_.delivered["a@x.test"].size(), 1U);
  EXPECT_EQ(store_.delivered["b@x.test"].size(), 1U);
  EXPECT_THAT(store_.delivered["a@x.test"][0],
              ::testing::HasSubstr("\r\nX-Original-To: a@x.test\r\nX-Original-To: all@x.test\r\n"
                                   "Delivered-To: a@x.test\r\n"));
  EXPECT_THAT(store_.delivered["b@x.test"][0],
              ::testing::Not(::testing::HasSubstr("X-Original-To: a@x.test")))
      << "addresses of others are none of its business";
}

TEST_F(DeliveryTest, AnAccountThatSortsLaterGetsACopyForEachAddress) {
  rules_.terms_of = [](const std::string& account) {
    AccountTerms terms;
    terms.each_address = account == "a@x.test";
    return terms;
  };
  const auto report = run({{"1@x.test", {"a@x.test", "b@x.test"}},
                           {"2@x.test", {"a@x.test"}},
                           {"3@x.test", {"b@x.test", "a@x.test"}}});
  EXPECT_THAT(report.verdicts, ElementsAre(Delivery::kDone, Delivery::kDone, Delivery::kDone));
  EXPECT_EQ(store_.delivered["b@x.test"].size(), 1U);
  ASSERT_EQ(store_.delivered["a@x.test"].size(), 3U);
  for (const std::string number : {"1", "2", "3"}) {
    const std::string& text =
        store_.delivered["a@x.test"][static_cast<std::size_t>(number[0] - '1')];
    EXPECT_THAT(text,
                ::testing::HasSubstr("\r\nX-Original-To: " + number + "@x.test\r\nDelivered"));
    EXPECT_THAT(text, ::testing::HasSubstr("for <" + number + "@x.test>"));
  }
}

TEST_F(DeliveryTest, SeveralThreadsStoreEachCopyOnceAndAnswerInOrder) {
  std::vector<Route> routes;
  for (int i = 0; i < 100; ++i) {
    const std::string name = std::to_string(i) + "@x.test";
    routes.push_back({name, {name}});
    if (i % 3 == 0) store_.failures[name] = Errc::kLimit;
  }
  const auto report = run(routes, 4);
  ASSERT_EQ(report.verdicts.size(), 100U);
  for (std::size_t i = 0; i < 100; ++i)
    EXPECT_EQ(report.verdicts[i], i % 3 == 0 ? Delivery::kOverQuota : Delivery::kDone);
  for (const auto& [name, mails] : store_.delivered) EXPECT_EQ(mails.size(), 1U) << name;
}

TEST_F(DeliveryTest, WhatIsNotBegunInTimeIsTriedLater) {
  rules_.out_of_time = [this] { return store_.delivered.contains("a@x.test"); };
  const auto report = run({{"a@x.test", {"a@x.test"}}, {"b@x.test", {"b@x.test"}}});
  EXPECT_THAT(report.verdicts, ElementsAre(Delivery::kDone, Delivery::kTemporary));
  EXPECT_FALSE(store_.delivered.contains("b@x.test"));
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
  rules_.terms_of = [](const std::string& account) -> Result<AccountTerms> {
    if (account == "down@x.test") return Error(Errc::kIo, "disk is gone");
    return AccountTerms{{.messages = 7, .octets = 4096}};
  };
  store_.failures = {{"full@x.test", Errc::kLimit}};
  const auto report = run({{"a@x.test", {"a@x.test"}},
                           {"down@x.test", {"down@x.test"}},
                           {"full@x.test", {"full@x.test"}}});
  EXPECT_THAT(report.verdicts,
              ElementsAre(Delivery::kDone, Delivery::kTemporary, Delivery::kOverQuota));
  EXPECT_EQ(store_.quotas["a@x.test"].messages, 7U);
  EXPECT_EQ(store_.quotas["a@x.test"].octets, 4096U);
  EXPECT_THAT(report.warned, ::testing::IsEmpty()) << "nobody is to be told";
}

TEST_F(DeliveryTest, AMessageThatCameWithItsUidIsStoredOnce) {
  uid_ = "0001-a";
  const std::vector<Route> routes = {{"a@x.test", {"a@x.test"}}};
  const auto first = run(routes);
  EXPECT_EQ(first.copies[0].uid, uid_);
  EXPECT_FALSE(first.copies[0].was_there);
  const auto second = run(routes);
  EXPECT_THAT(second.verdicts, ElementsAre(Delivery::kDone));
  EXPECT_EQ(second.copies[0].uid, uid_);
  EXPECT_TRUE(second.copies[0].was_there);
  EXPECT_THAT(second.failures, ::testing::IsEmpty());
  EXPECT_THAT(store_.delivered["a@x.test"], ::testing::SizeIs(1));
}

TEST_F(DeliveryTest, AMaildropThatExistsAlreadyIsNoReasonWithoutAUid) {
  store_.failures = {{"a@x.test", Errc::kExists}};
  EXPECT_THAT(run({{"a@x.test", {"a@x.test"}}}).verdicts, ElementsAre(Delivery::kTemporary));
}

TEST_F(DeliveryTest, AUidThatTheMaildropCannotTakeIsRefusedForGood) {
  uid_ = "0001-a";
  store_.failures = {{"a@x.test", Errc::kSyntax}};
  const auto report = run({{"a@x.test", {"a@x.test"}}});
  EXPECT_THAT(report.verdicts, ElementsAre(Delivery::kRefused));
  EXPECT_EQ(report.failures.size(), 1U);
}

TEST_F(DeliveryTest, TheReserveOfTheDiskIsNotTouched) {
  rules_.check_room = [](std::uint64_t bytes) {
    EXPECT_GT(bytes, 20U) << "the trace header counts";
    return Status(Error(Errc::kFull));
  };
  const auto report = run({{"a@x.test", {"a@x.test"}}});
  EXPECT_THAT(report.verdicts, ElementsAre(Delivery::kDiskFull));
  EXPECT_THAT(store_.delivered["a@x.test"], ::testing::IsEmpty());
}

TEST_F(DeliveryTest, TheOwnerIsToldWhenTheLevelIsReached) {
  set_quota({.messages = 10, .octets = 0});
  store_.usages["a@x.test"] = {.messages = 8, .octets = 1};
  const auto report = run({{"a@x.test", {"a@x.test"}}, {"b@x.test", {"b@x.test"}}});
  EXPECT_THAT(report.warned, ElementsAre("a@x.test"));
  EXPECT_EQ(report.done, 2U) << "the warning is no copy of the mail";
  ASSERT_EQ(store_.delivered["a@x.test"].size(), 2U);
  EXPECT_THAT(store_.delivered["a@x.test"][1], ::testing::HasSubstr("Subject: Your mailbox"));
  EXPECT_EQ(store_.quotas["a@x.test"].messages, 0U) << "the warning has no quota";
}

TEST_F(DeliveryTest, TheOwnerIsToldOfViewsThatHoldNothingAnyMore) {
  set_quota({.messages = 10, .octets = 0});
  store_.released["a@x.test"] = {"phone", "tablet"};
  const auto report = run({{"a@x.test", {"a@x.test"}}});
  EXPECT_EQ(report.done, 1U);
  ASSERT_EQ(store_.delivered["a@x.test"].size(), 2U);
  EXPECT_THAT(store_.delivered["a@x.test"][1],
              ::testing::AllOf(::testing::HasSubstr("Subject: Mail is no longer kept for a device"),
                               ::testing::HasSubstr("\r\n  phone\r\n  tablet\r\n")));
}

TEST_F(DeliveryTest, AWarningThatFailsDoesNotFailTheMail) {
  set_quota({.messages = 1, .octets = 0});
  store_.deliveries_until_full = 1;
  const auto report = run({{"a@x.test", {"a@x.test"}}});
  EXPECT_THAT(report.verdicts, ElementsAre(Delivery::kDone));
  EXPECT_EQ(report.failures.size(), 1U);
}

}  // namespace
}  // namespace restante::server
