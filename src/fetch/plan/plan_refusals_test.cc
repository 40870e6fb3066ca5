// The plan for messages that the server would not give out, and for those whose size it does not
// say.
#include <gtest/gtest.h>

#include "fetch/plan/plan.h"

namespace restante::fetch {
namespace {

constexpr Seconds kNow{std::chrono::hours(1000)};

KnownUid refused(Seconds until) {
  KnownUid known;
  known.state = UidState::kSkipped;
  known.octets = 100;
  known.reason = std::string(kByServer) + "[SYS/PERM] no";
  known.retry_after = until;
  return known;
}

Listing one(std::optional<std::uint64_t> octets) {
  Listing listing;
  listing.has_uids = true;
  listing.messages.push_back({1, octets, "a"});
  return listing;
}

TEST(PlanRefusals, AreAskedForAgainWhenTheirTimeHasCome) {
  const Policy policy;
  const Listing listing = one(100);
  Known known{{"a", refused(kNow + std::chrono::hours(1))}};
  const Plan waiting = make_plan(PlanInput(listing, known, policy, kNow));
  EXPECT_TRUE(waiting.retry.empty());
  EXPECT_EQ(waiting.waiting, 0U);  // It was told once.
  known["a"] = refused(kNow);
  EXPECT_EQ(make_plan(PlanInput(listing, known, policy, kNow)).retry.size(), 1U);
}

TEST(PlanRefusals, AreAskedForNowOnDemand) {
  const Policy policy;
  const Listing listing = one(100);
  Known known{{"a", refused(kNow + std::chrono::hours(1))}};
  PlanInput input(listing, known, policy, kNow);
  input.retry_now = true;
  EXPECT_EQ(make_plan(input).retry.size(), 1U);
  known["a"].state = UidState::kFailed;
  EXPECT_EQ(make_plan(input).retry.size(), 1U);
}

TEST(PlanRefusals, WhatTurnedOutTooLargeStaysOut) {
  Policy policy;
  policy.size_max = 1000;
  const Listing listing = one(std::nullopt);
  Known known;
  EXPECT_EQ(make_plan(PlanInput(listing, known, policy, kNow)).fetch.size(), 1U);
  known["a"].state = UidState::kSkipped;
  known["a"].reason = too_large_reason(1000);
  EXPECT_TRUE(make_plan(PlanInput(listing, known, policy, kNow)).fetch.empty());
  policy.size_max = 2000;
  EXPECT_EQ(make_plan(PlanInput(listing, known, policy, kNow)).fetch.size(), 1U);
}

TEST(PlanRefusals, WhatHasNeitherIdNorSizeIsNotLeftOutForGood) {
  Policy policy;
  policy.size_max = 1000;
  Listing listing = one(std::nullopt);
  listing.messages[0].uid.clear();
  Known known;
  KnownUid& entry = known[place_uid(listing.messages[0].number, std::nullopt)];
  entry.state = UidState::kSkipped;
  entry.reason = too_large_reason(1000);
  entry.retry_after = kNow + std::chrono::hours(1);
  EXPECT_TRUE(make_plan(PlanInput(listing, known, policy, kNow)).fetch.empty());
  entry.retry_after = kNow;
  EXPECT_EQ(make_plan(PlanInput(listing, known, policy, kNow)).fetch.size(), 1U)
      << "another message may be in its place";
}

}  // namespace
}  // namespace restante::fetch
