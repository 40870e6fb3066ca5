#include "accounts/ldap/servers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::accounts::ldap {
namespace {

using testing::ElementsAre;

TEST(LdapServers, AreSplitAtBlanks) {
  const Servers servers("ldap://a  ldaps://b:7 ");
  ASSERT_EQ(servers.count(), 2U);
  EXPECT_EQ(servers.uri(0), "ldap://a");
  EXPECT_EQ(servers.uri(1), "ldaps://b:7");
}

TEST(LdapServers, WhatFailedComesLastForAWhile) {
  Servers servers("a b c");
  const Servers::Time now = Servers::Time() + std::chrono::hours(1);
  EXPECT_THAT(servers.order(now), ElementsAre(0, 1, 2));
  servers.failed(0, now);
  EXPECT_THAT(servers.order(now), ElementsAre(1, 2, 0));
  servers.failed(1, now + std::chrono::seconds(10));
  EXPECT_THAT(servers.order(now + std::chrono::seconds(29)), ElementsAre(2, 0, 1));
  EXPECT_THAT(servers.order(now + std::chrono::seconds(30)), ElementsAre(0, 2, 1));
  EXPECT_TRUE(servers.is_behind(1, now));
  EXPECT_FALSE(servers.is_behind(2, now));
  servers.answered(1);
  EXPECT_THAT(servers.order(now), ElementsAre(1, 2, 0));
}

TEST(LdapServers, NoneIsBehindWhenAllFailed) {
  Servers servers("a b");
  const Servers::Time now = Servers::Time() + std::chrono::hours(1);
  servers.failed(0, now);
  servers.failed(1, now);
  EXPECT_FALSE(servers.is_behind(0, now));
  EXPECT_THAT(servers.order(now), ElementsAre(0, 1));
}

}  // namespace
}  // namespace restante::accounts::ldap
