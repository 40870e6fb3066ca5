#include "migrate/moving/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/formats/digests.h"

namespace restante::migrate {
namespace {

using testing::ElementsAre;

Item item(const std::string& uid, const std::string& own = "") {
  Item made;
  made.uid = uid;
  made.own_uid = own;
  made.octets = 10;
  return made;
}

std::vector<std::string> uids(const std::vector<Planned>& planned) {
  std::vector<std::string> out;
  for (const Planned& one : planned) out.push_back(one.uid);
  return out;
}

TEST(Plan, TakesWhatIsNewInOrder) {
  const Listing listing{"", {item("c"), item("a"), item("b"), item("d")}};
  const Plan plan = make_plan(listing, {{"a", false}, {"b", true}}, Unnumbered::kLeft);
  EXPECT_THAT(uids(plan.fresh), ElementsAre("c", "d"));
  EXPECT_THAT(uids(plan.present), ElementsAre("a"));
  EXPECT_EQ(plan.fresh[1].item, 3U);
  EXPECT_EQ(plan.deleted, 1U);
  EXPECT_EQ(plan.octets, 20U);
  EXPECT_EQ(plan.mapped, 0U);
}

TEST(Plan, MapsIdsThatCannotBeKept) {
  const std::string blank = "a b";
  const Listing listing{"", {item(blank), item("x"), item("x"), item("x")}};
  const Plan plan = make_plan(listing, {}, Unnumbered::kLeft);
  EXPECT_THAT(uids(plan.fresh), ElementsAre(sha256_of(blank), "x", "x-2", "x-3"));
  EXPECT_EQ(plan.mapped, 3U);
  // The same names in the next run.
  KnownUids known;
  for (const Planned& one : plan.fresh) known[one.uid] = false;
  EXPECT_TRUE(make_plan(listing, known, Unnumbered::kLeft).fresh.empty());
}

TEST(Plan, LeavesWhatHasNoIdYetForTheLastRun) {
  const Listing listing{"", {item("", "1.a"), item("u2", "2.b")}};
  const Plan nightly = make_plan(listing, {}, Unnumbered::kLeft);
  EXPECT_THAT(uids(nightly.fresh), ElementsAre("u2"));
  EXPECT_EQ(nightly.unnumbered, 1U);
  const Plan last = make_plan(listing, {{"u2", false}}, Unnumbered::kTaken);
  EXPECT_THAT(uids(last.fresh), ElementsAre("1.a"));
  EXPECT_EQ(last.unnumbered, 0U);
  EXPECT_EQ(last.mapped, 0U);
}

/// The old server went on after what was to be the last run.
TEST(Plan, KnowsAMessageByItsOwnIdAfterItGotAnother) {
  const Listing listing{"", {item("u1", "1.a")}};
  const Plan plan = make_plan(listing, {{"1.a", false}}, Unnumbered::kLeft);
  EXPECT_TRUE(plan.fresh.empty());
  EXPECT_THAT(uids(plan.present), ElementsAre("1.a"));
}

TEST(Plan, TakesNothingThatNobodyCouldTellAgain) {
  const Listing listing{"", {item("")}};
  EXPECT_EQ(make_plan(listing, {}, Unnumbered::kTaken).unnumbered, 1U);
}

}  // namespace
}  // namespace restante::migrate
