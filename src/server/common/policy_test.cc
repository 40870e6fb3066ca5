#include "server/common/policy.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

using maildrop::Retention;

maildrop::Rules defaults() {
  maildrop::Rules out;
  out.quota_octets = 1000;
  out.quota_messages = 10;
  out.retention_days = 30;
  out.retention_from = maildrop::Retention::From::kRetrieval;
  return out;
}

TEST(Policy, DefaultsHoldWhereAnAccountHasNothingOfItsOwn) {
  const accounts::Allowance none;
  EXPECT_EQ(quota_of(defaults(), none).octets, 1000U);
  EXPECT_EQ(quota_of(defaults(), none).messages, 10U);
  EXPECT_EQ(retention_of(defaults(), none).days, std::chrono::days(30));
  EXPECT_EQ(retention_of(defaults(), none).from, Retention::From::kRetrieval);
  EXPECT_EQ(quota_of({}, none).octets, 0U);
  EXPECT_EQ(quota_of({}, none).messages, 0U);
  EXPECT_EQ(retention_of({}, none).days, std::nullopt);
}

TEST(Policy, EachPartOfAnAllowanceHoldsByItself) {
  accounts::Allowance own;
  own.quota_octets = 0;
  own.retention_from = accounts::RetentionFrom::kArrival;
  EXPECT_EQ(quota_of(defaults(), own).octets, 0U) << "no limit";
  EXPECT_EQ(quota_of(defaults(), own).messages, 10U);
  EXPECT_EQ(retention_of(defaults(), own).days, std::chrono::days(30));
  EXPECT_EQ(retention_of(defaults(), own).from, Retention::From::kArrival);
  own.retention_days = 0;
  EXPECT_EQ(retention_of(defaults(), own).days, std::nullopt) << "never";
  own.retention_days = 7;
  EXPECT_EQ(retention_of(defaults(), own).days, std::chrono::days(7));
}

TEST(Policy, RetrievalsAreRememberedOnlyWhereTheyCount) {
  EXPECT_TRUE(counts_from_retrieval(retention_of(defaults(), {})));
  accounts::Allowance own;
  own.retention_from = accounts::RetentionFrom::kArrival;
  EXPECT_FALSE(counts_from_retrieval(retention_of(defaults(), own)));
  own.retention_from = accounts::RetentionFrom::kRetrieval;
  own.retention_days = 0;
  EXPECT_FALSE(counts_from_retrieval(retention_of(defaults(), own)));
}

// RFC 2449 s.6.7: the smallest value that may be in force for anybody.
TEST(Policy, BeforeTheLoginTheLeastIsAnnounced) {
  const auto announced = [](std::uint32_t by_default, accounts::RetentionSpread spread) {
    maildrop::Rules settings;
    settings.retention_days = by_default;
    const pop3::Expire expire = expire_before_login(settings, spread);
    return std::pair(expire.days.value_or(0), expire.per_user);
  };
  EXPECT_EQ(announced(0, {}), std::pair(0U, false));
  EXPECT_EQ(announced(30, {}), std::pair(30U, false));
  EXPECT_EQ(announced(30, {.any_own = true, .least_days = 7}), std::pair(7U, true));
  EXPECT_EQ(announced(30, {.any_own = true, .least_days = 90}), std::pair(30U, true));
  EXPECT_EQ(announced(30, {.any_own = true, .least_days = 0}), std::pair(30U, true));
  EXPECT_EQ(announced(0, {.any_own = true, .least_days = 7}), std::pair(7U, true));
  EXPECT_EQ(announced(0, {.any_own = true, .least_days = 0}), std::pair(0U, true));
}

}  // namespace
}  // namespace restante::server
