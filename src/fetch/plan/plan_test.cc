#include "fetch/plan/plan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

constexpr Seconds kNow{hours(1000)};
const std::string kHash(64, 'a');

KnownUid entry(UidState state, std::optional<std::uint64_t> octets = 100) {
  KnownUid known;
  known.state = state;
  known.octets = octets;
  if (state != UidState::kSeen && state != UidState::kSkipped && state != UidState::kFailed)
    known.sha256 = kHash;
  return known;
}

/// Messages of 100 octets, numbered from 1.
Listing listing(const std::vector<std::string>& uids) {
  Listing made;
  made.has_uids = true;
  std::uint32_t number = 0;
  for (const std::string& uid : uids) made.messages.push_back({++number, 100, uid});
  return made;
}

Plan plan(const Listing& listed, const Known& known, const Policy& policy = {}) {
  return make_plan(PlanInput(listed, known, policy, kNow));
}

std::vector<std::string> uids(const std::vector<Fetch>& messages) {
  std::vector<std::string> found;
  for (const Fetch& message : messages) found.push_back(message.uid);
  return found;
}

Known many(UidState state, std::size_t count, std::string_view prefix = "u") {
  Known known;
  for (std::size_t i = 0; i < count; ++i) known[fmt::format("{}{}", prefix, i)] = entry(state);
  return known;
}

Listing first_of_many(std::size_t count, std::string_view prefix = "u") {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(fmt::format("{}{}", prefix, i));
  return listing(names);
}

TEST(Plan, WhatAnotherProgramHasIsLeftAlone) {
  Known known = many(UidState::kElsewhere, 100);
  const Plan made = plan(first_of_many(101), known);
  EXPECT_THAT(uids(made.fetch), ElementsAre("u100"));
  EXPECT_EQ(made.elsewhere, 100U);
  // Ids of its file that the server does not list tell nothing of the server.
  const Plan few = plan(listing({"u1", "new"}), known);
  EXPECT_EQ(few.doubt, Doubt::kNone);
  EXPECT_THAT(few.vanished, IsEmpty());
}

TEST(Plan, FetchesWhatIsNotKnownInTheServersOrder) {
  const Plan made = plan(listing({"c", "a", "b"}), {{"a", entry(UidState::kStored)}});
  EXPECT_THAT(uids(made.fetch), ElementsAre("c", "b"));
  EXPECT_EQ(made.fetch[0].number, 1U);
  EXPECT_EQ(made.fetch[0].why, Why::kNew);
  EXPECT_EQ(made.octets(), 200U);
  EXPECT_TRUE(made.may_delete());
}

TEST(Plan, JudgesEachStateOfAListedMessage) {
  struct Case {
    UidState state;
    std::optional<std::uint64_t> octets;  // When it was fetched; it is 100 now.
    std::optional<Why> fetched;
  };
  const Case cases[] = {
      {UidState::kSeen, 100, Why::kNew},
      {UidState::kStored, 100, std::nullopt},
      {UidState::kStored, std::nullopt, std::nullopt},
      {UidState::kStored, 99, Why::kChanged},
      {UidState::kDeleteSent, 100, std::nullopt},
      {UidState::kDeleteSent, 99, Why::kChanged},
      {UidState::kGone, 100, Why::kBack},
      {UidState::kGone, 99, Why::kBack},
      {UidState::kVanished, 100, std::nullopt},
      {UidState::kVanished, 99, Why::kChanged},
      {UidState::kSkipped, 100, std::nullopt},
  };
  for (const Case& each : cases) {
    const Plan made = plan(listing({"a"}), {{"a", entry(each.state, each.octets)}});
    SCOPED_TRACE(to_string(each.state));
    ASSERT_EQ(made.fetch.size(), each.fetched ? 1U : 0U);
    if (each.fetched) EXPECT_EQ(made.fetch[0].why, *each.fetched);
    EXPECT_TRUE(made.may_delete());
  }
}

TEST(Plan, WhatIsLostHereIsFetchedAgain) {
  for (const UidState state : {UidState::kStored, UidState::kDeleteSent, UidState::kVanished}) {
    KnownUid lost = entry(state);
    lost.lost = true;
    const Plan made = plan(listing({"a"}), {{"a", lost}});
    ASSERT_EQ(made.fetch.size(), 1U) << to_string(state);
    EXPECT_EQ(made.fetch[0].why, Why::kLost);
  }
}

TEST(Plan, JudgesEachStateOfAMessageThatIsNoLongerListed) {
  struct Case {
    UidState state;
    std::size_t gone;
    std::size_t vanished;
  };
  const Case cases[] = {
      {UidState::kSeen, 0, 1},   {UidState::kStored, 0, 1},   {UidState::kDeleteSent, 1, 0},
      {UidState::kGone, 0, 0},   {UidState::kVanished, 0, 0}, {UidState::kSkipped, 0, 1},
      {UidState::kFailed, 0, 1},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(to_string(each.state));
    const Plan made =
        plan(listing({"b"}), {{"a", entry(each.state)}, {"b", entry(UidState::kStored)}});
    EXPECT_EQ(made.gone.size(), each.gone);
    EXPECT_EQ(made.vanished.size(), each.vanished);
  }
}

TEST(Plan, AVanishedMessageThatReturnsIsNotFetchedAgain) {
  const Plan made = plan(listing({"a"}), {{"a", entry(UidState::kVanished)}});
  EXPECT_THAT(made.fetch, IsEmpty());
  EXPECT_THAT(made.returned, ElementsAre("a"));
}

TEST(Plan, AVanishedMessageThatWasNeverFetchedIsFetched) {
  KnownUid never = entry(UidState::kVanished);
  never.sha256.clear();
  EXPECT_THAT(uids(plan(listing({"a"}), {{"a", never}}).fetch), ElementsAre("a"));
}

TEST(Plan, AServerThatBringsDeletedMessagesBackIsLeftAloneInTheEnd) {
  KnownUid back = entry(UidState::kGone);
  back.attempts = 2;
  EXPECT_THAT(uids(plan(listing({"a"}), {{"a", back}}).fetch), ElementsAre("a"));
  back.attempts = 3;
  const Plan left = plan(listing({"a"}), {{"a", back}});
  EXPECT_THAT(left.fetch, IsEmpty());
  EXPECT_EQ(left.come_back, 1U);
  back.octets = 99;  // Another message under an old id.
  EXPECT_THAT(uids(plan(listing({"a"}), {{"a", back}}).fetch), ElementsAre("a"));
}

TEST(Plan, FailedMessagesWaitAndComeLast) {
  KnownUid due = entry(UidState::kFailed);
  due.retry_after = kNow;
  KnownUid later = entry(UidState::kFailed);
  later.retry_after = kNow + minutes(1);
  const Plan made = plan(listing({"due", "later", "new"}), {{"due", due}, {"later", later}});
  EXPECT_THAT(uids(made.fetch), ElementsAre("new"));
  EXPECT_THAT(uids(made.retry), ElementsAre("due"));
  EXPECT_EQ(made.waiting, 1U);
}

TEST(Plan, LargerOnesAreSkippedUntilThePolicyChanges) {
  Policy policy;
  policy.size_max = 99;
  const Plan made = plan(listing({"a"}), {}, policy);
  EXPECT_THAT(made.fetch, IsEmpty());
  ASSERT_EQ(made.skip.size(), 1U);
  EXPECT_THAT(made.skip[0].reason, StartsWith(kTooLarge));

  KnownUid skipped = entry(UidState::kSkipped);
  skipped.reason = made.skip[0].reason;
  const Plan again = plan(listing({"a"}), {{"a", skipped}}, policy);
  EXPECT_THAT(again.skip, IsEmpty());
  EXPECT_THAT(again.fetch, IsEmpty());
  policy.size_max = 100;
  EXPECT_THAT(uids(plan(listing({"a"}), {{"a", skipped}}, policy).fetch), ElementsAre("a"));
}

TEST(Plan, WhatRulesLeftOutComesWhenThereAreNone) {
  KnownUid skipped = entry(UidState::kSkipped);
  skipped.reason = std::string(kByRule) + " List-Id";
  Policy policy;
  EXPECT_THAT(uids(plan(listing({"a"}), {{"a", skipped}}, policy).fetch), ElementsAre("a"));
  policy.has_rules = true;
  EXPECT_THAT(plan(listing({"a"}), {{"a", skipped}}, policy).fetch, IsEmpty());
}

TEST(Plan, AContradictionFetchesAndConcludesNothing) {
  Listing listed = listing({"new"});
  listed.contradictions.emplace_back("STAT says 7 messages, LIST names 1");
  const Plan made =
      plan(listed, {{"a", entry(UidState::kStored)}, {"b", entry(UidState::kDeleteSent)}});
  EXPECT_EQ(made.doubt, Doubt::kContradiction);
  EXPECT_FALSE(made.may_delete());
  EXPECT_THAT(uids(made.fetch), ElementsAre("new"));
  EXPECT_THAT(made.vanished, IsEmpty());
  EXPECT_THAT(made.gone, IsEmpty());
}

TEST(Plan, AnEmptyListingAfterAFullOneIsNotBelieved) {
  const Known known{{"a", entry(UidState::kStored)}, {"b", entry(UidState::kDeleteSent)}};
  const Plan made = plan(listing({}), known);
  EXPECT_EQ(made.doubt, Doubt::kShrunken);
  EXPECT_THAT(made.vanished, IsEmpty());
  EXPECT_THAT(made.gone, IsEmpty());
}

TEST(Plan, AnEmptyListingIsBelievedWhenEverythingWasDeleted) {
  const Plan made =
      plan(listing({}), {{"a", entry(UidState::kDeleteSent)}, {"b", entry(UidState::kGone)}});
  EXPECT_EQ(made.doubt, Doubt::kNone);
  EXPECT_THAT(made.gone, ElementsAre("a"));
}

TEST(Plan, AShrunkenListingIsBelievedAfterADay) {
  const Known known = many(UidState::kStored, 20);
  const Listing listed = first_of_many(9);
  const Policy policy;
  PlanInput input(listed, known, policy, kNow);
  EXPECT_EQ(make_plan(input).doubt, Doubt::kShrunken);
  EXPECT_THAT(make_plan(input).vanished, IsEmpty());
  input.shrunken_since = kNow - kDoubtTime + std::chrono::seconds(1);
  EXPECT_EQ(make_plan(input).doubt, Doubt::kShrunken);
  input.shrunken_since = kNow - kDoubtTime;
  EXPECT_EQ(make_plan(input).doubt, Doubt::kNone);
  EXPECT_EQ(make_plan(input).vanished.size(), 11U);
}

TEST(Plan, HalfOfAListingOrOfAFewMayBeMissing) {
  EXPECT_EQ(plan(first_of_many(10), many(UidState::kStored, 20)).doubt, Doubt::kNone);
  EXPECT_EQ(plan(first_of_many(2), many(UidState::kStored, 19)).doubt, Doubt::kNone);
}

TEST(Plan, OtherIdsForAllMessagesAreRenumbering) {
  Known known = many(UidState::kStored, 30);
  known["sent"] = entry(UidState::kDeleteSent);
  const Plan made = plan(first_of_many(30, "new"), known);
  EXPECT_EQ(made.doubt, Doubt::kRenumbered);
  EXPECT_FALSE(made.may_delete());
  EXPECT_EQ(made.fetch.size(), 30U);
  EXPECT_EQ(made.vanished.size(), 30U);  // The next listing is compared with the new ids.
}

TEST(Plan, ATwentiethOfTheKnownIdsIsNoRenumbering) {
  Listing listed = first_of_many(2);
  for (const Listed& more : first_of_many(38, "new").messages) listed.messages.push_back(more);
  EXPECT_NE(plan(listed, many(UidState::kStored, 40)).doubt, Doubt::kRenumbered);
  EXPECT_EQ(plan(listed, many(UidState::kStored, 41)).doubt, Doubt::kRenumbered);
}

TEST(Plan, WithoutIdsEverythingIsFetchedAndNothingConcluded) {
  Listing listed = listing({"", ""});
  listed.has_uids = false;
  const Plan made = plan(listed, {{"a", entry(UidState::kStored)}});
  EXPECT_EQ(made.doubt, Doubt::kNone);
  EXPECT_EQ(made.fetch.size(), 2U);
  EXPECT_EQ(made.fetch[0].why, Why::kUnidentified);
  EXPECT_THAT(made.vanished, IsEmpty());
}

TEST(Plan, WhatHasNoIdIsRememberedByItsPlaceWhenItFailed) {
  Listing listed = listing({"", ""});
  KnownUid later = entry(UidState::kFailed);
  later.retry_after = kNow + minutes(1);
  const Known known{{place_uid(1, 100), later}, {content_uid(kHash), entry(UidState::kStored)}};
  const Plan made = plan(listed, known);
  ASSERT_EQ(made.fetch.size(), 1U);
  EXPECT_EQ(made.fetch[0].number, 2U);
  EXPECT_EQ(made.waiting, 1U);
  EXPECT_EQ(made.doubt, Doubt::kNone);  // Our names for them are not missing from a listing.
  EXPECT_THAT(made.vanished, IsEmpty());
}

}  // namespace
}  // namespace restante::fetch
