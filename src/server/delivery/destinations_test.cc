#include "server/delivery/destinations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DestinationsTest : public testing::Test {
 protected:
  DestinationsTest() {
    directory.add("a@x.test");
    directory.add("b@x.test");
    directory.accounts["b@x.test"].allowance.quota_octets = 7;
    directory.aliases["both@x.test"] = {"a@x.test", "b@x.test"};
    envelope.recipients = {"both@x.test", "gone@x.test", "b@x.test"};
  }

  accounts::MemoryDirectory directory;
  accounts::Router router{directory, {}};
  settings::Config defaults;
  QuotaBook book{directory, defaults};
  smtp::Envelope envelope;
};

TEST_F(DestinationsTest, EveryRecipientHasARouteInOrder) {
  const Destinations found = find_destinations({router, book}, envelope);
  ASSERT_EQ(found.routes.size(), 3U);
  EXPECT_EQ(found.routes[0].recipient, "both@x.test");
  EXPECT_THAT(found.routes[0].accounts, ElementsAre("a@x.test", "b@x.test"));
  EXPECT_THAT(found.routes[1].accounts, IsEmpty());
  EXPECT_THAT(found.routes[2].accounts, ElementsAre("b@x.test"));
  EXPECT_EQ(found.terms.size(), 2U);
  EXPECT_EQ(found.terms.at("a@x.test")->quota.octets, 0U);
  EXPECT_EQ(found.terms.at("b@x.test")->quota.octets, 7U);
}

TEST_F(DestinationsTest, WhatCannotBeLookedUpLeadsNowhereForNow) {
  directory.broken = true;
  const Destinations found = find_destinations({router, book}, envelope);
  ASSERT_EQ(found.routes.size(), 3U);
  for (const Route& route : found.routes) EXPECT_THAT(route.accounts, IsEmpty());
  EXPECT_EQ(nowhere(envelope).routes.size(), 3U);
}

TEST_F(DestinationsTest, WhatIsNotLookedUpInTimeLeadsNowhereForNow) {
  int looks = 0;
  const auto out_of_time = [&looks] { return ++looks > 1; };
  const Destinations found = find_destinations({router, book, out_of_time}, envelope);
  ASSERT_EQ(found.routes.size(), 3U);
  EXPECT_THAT(found.routes[0].accounts, ElementsAre("a@x.test", "b@x.test"));
  EXPECT_THAT(found.routes[2].accounts, IsEmpty());
}

TEST(ToRefusal, OnlyWhatIsKnownToBeWrongIsRefusedForGood) {
  EXPECT_EQ(to_refusal(Errc::kNotFound), smtp::Recipient::kUnknown);
  EXPECT_EQ(to_refusal(Errc::kState), smtp::Recipient::kNotLocal);
  EXPECT_EQ(to_refusal(Errc::kAuth), smtp::Recipient::kDisabled);
  EXPECT_EQ(to_refusal(Errc::kFull), smtp::Recipient::kOverQuota);
  for (const Errc reason : {Errc::kIo, Errc::kLimit, Errc::kTimeout, Errc::kBusy})
    EXPECT_EQ(to_refusal(reason), smtp::Recipient::kTemporary);
}

}  // namespace
}  // namespace restante::server
