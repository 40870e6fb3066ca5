#include "server/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "server/spool.h"

namespace restante::server {
namespace {

using smtp::Delivery;
using ::testing::ElementsAre;

// Remembers what was delivered; fails for the accounts it was told to.
class FakeStore : public maildrop::Store {
 public:
  Result<std::unique_ptr<maildrop::Session>> open(const std::string&, maildrop::View) override {
    return Error(Errc::kState);
  }
  std::optional<Result<std::unique_ptr<maildrop::Session>>> open_cached(const std::string&,
                                                                        maildrop::View) override {
    return std::nullopt;
  }
  Result<maildrop::Receipt> deliver(const std::string& account,
                                    const maildrop::NewMessage& message) override {
    if (failures.contains(account)) return Error(failures.at(account));
    std::string body(message.body.size(), '\0');
    EXPECT_TRUE(message.body.read(0, std::as_writable_bytes(std::span(body))));
    EXPECT_EQ(message.octets, message.prefix.size() + body.size());
    delivered[account].push_back(message.prefix + body);
    return maildrop::Receipt{};
  }
  Result<maildrop::Usage> usage(const std::string&) override { return maildrop::Usage{}; }
  Result<std::vector<std::string>> accounts() override { return Error(Errc::kState); }
  Result<std::vector<std::string>> undelete(const std::string&, maildrop::View,
                                            const maildrop::UndeleteRequest&) override {
    return Error(Errc::kState);
  }
  Result<maildrop::UpkeepReport> upkeep(const std::string&, const maildrop::UpkeepPolicy&,
                                        const maildrop::Pace&) override {
    return Error(Errc::kState);
  }
  Result<maildrop::RepairReport> repair(const std::string&, const maildrop::Pace&) override {
    return Error(Errc::kState);
  }
  Result<std::vector<Entry>> list(const std::string&, maildrop::View) override {
    return Error(Errc::kState);
  }
  Status close() override { return ok(); }

  std::map<std::string, Errc> failures;
  std::map<std::string, std::vector<std::string>> delivered;
};

class DeliveryTest : public ::testing::Test {
 protected:
  DeliveryReport run(const std::vector<Route>& routes) {
    Spool spool("/does/not/exist");
    spool.append("Subject: x\r\n\r\nbody\r\n");
    mail::TraceValues trace("mail.example.test", "LMTP");
    trace.sender = "bob@example.net";
    Mail mail(spool, trace);
    mail.octets = spool.size();
    return deliver(store_, mail, routes);
  }
  FakeStore store_;
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

}  // namespace
}  // namespace restante::server
