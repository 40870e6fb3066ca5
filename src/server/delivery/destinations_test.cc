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

class RoutedDestinationsTest : public DestinationsTest {
 protected:
  RoutedDestinationsTest() {
    settings::FarServer old;
    old.pop3 = *config::parse_far_pop3("pop3s://old.example");
    old.lmtp = *config::parse_far_lmtp("old.example");
    old.domains = {"y.test"};
    old.pins = {std::string(64, 'a')};
    homes = std::move(*Homes::load({old}));
    set_route("b@x.test", "pop3s://old.example:995", "old.example:24");
  }
  void set_route(const std::string& account, const char* pop3, const char* lmtp) {
    directory.accounts[account].route =
        std::make_shared<const accounts::Route>(accounts::Route{pop3, lmtp});
  }
  [[nodiscard]] Guide guide() const { return {router, book, {}, homes.get()}; }

  std::unique_ptr<Homes> homes;
};

TEST_F(RoutedDestinationsTest, MailGoesWhereItsAccountIs) {
  envelope.recipients = {"both@x.test", "gone@x.test", "b@x.test", "new@y.test"};
  const Destinations found = find_destinations(guide(), envelope);
  EXPECT_THAT(found.routes[0].accounts, ElementsAre("a@x.test"));
  EXPECT_THAT(found.routes[2].accounts, IsEmpty());
  EXPECT_FALSE(found.routes[1].elsewhere);
  ASSERT_EQ(found.handed_on.size(), 1U);
  EXPECT_EQ(found.handed_on[0].intake->name, "old.example:24");
  EXPECT_THAT(found.handed_on[0].recipients, ElementsAre("b@x.test", "b@x.test", "new@y.test"));
  EXPECT_THAT(found.handed_on[0].routes, ElementsAre(0, 2, 3));
}

TEST_F(RoutedDestinationsTest, MailWaitsWhereARouteIsNotConfigured) {
  set_route("b@x.test", "pop3s://gone.example:995", "");
  const Destinations found = find_destinations(guide(), envelope);
  EXPECT_THAT(found.routes[2].accounts, IsEmpty());
  EXPECT_EQ(found.routes[2].elsewhere, smtp::Delivery::kTemporary);
  EXPECT_THAT(found.handed_on, IsEmpty());
  const Destinations unknown = find_destinations({router, book}, envelope);
  EXPECT_EQ(unknown.routes[2].elsewhere, smtp::Delivery::kTemporary);
}

TEST_F(RoutedDestinationsTest, MailStaysWhereNobodyElseTakesIt) {
  set_route("b@x.test", "pop3s://old.example:995", "");
  const Destinations found = find_destinations(guide(), envelope);
  EXPECT_THAT(found.routes[2].accounts, ElementsAre("b@x.test"));
  EXPECT_THAT(found.handed_on, IsEmpty());
}

TEST_F(RoutedDestinationsTest, AnEnvelopeHasAPlace) {
  EXPECT_EQ(places_of(guide(), {"a@x.test"}), "");
  EXPECT_EQ(places_of(guide(), {"b@x.test"}), "old.example:24 ");
  EXPECT_EQ(places_of(guide(), {"b@x.test", "a@x.test"}), " old.example:24 ");
  EXPECT_EQ(places_of({router, book}, {"b@x.test"}), "");
}

TEST_F(RoutedDestinationsTest, ANameOfItsDomainIsThere) {
  const Error nobody(Errc::kNotFound);
  EXPECT_EQ((*intake_of_unknown(guide(), "new@y.test", nobody))->name, "old.example:24");
  EXPECT_EQ(*intake_of_unknown(guide(), "new@x.test", nobody), nullptr);
  EXPECT_EQ(*intake_of_unknown(guide(), "new@y.test", Error(Errc::kIo)), nullptr);
  EXPECT_EQ(*intake_of_unknown(guide(), "new@y.test", Error(Errc::kAuth)), nullptr);
}

}  // namespace
}  // namespace restante::server
