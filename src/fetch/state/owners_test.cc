#include "fetch/state/owners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

using testing::SizeIs;

const std::string kContent(64, 'a');

KnownUid entry(std::uint32_t copy, UidState state = UidState::kStored) {
  KnownUid made;
  made.sha256 = kContent;
  made.copy = copy;
  made.state = state;
  return made;
}

std::uint32_t free_copy(const Known& known, TakeOver take_over = TakeOver::kNo) {
  return fetch::free_copy(Owners(known).of(kContent, "new"), take_over);
}

TEST(Owners, TwoIdsAreTwoMessages) {
  EXPECT_EQ(free_copy(Known{}), 1U);
  EXPECT_EQ(free_copy({{"a", entry(1)}}), 2U);
  EXPECT_EQ(free_copy({{"a", entry(1, UidState::kGone)}, {"b", entry(2)}}), 3U);
  EXPECT_EQ(free_copy({{"a", entry(2)}}), 1U);
}

TEST(Owners, AnIdDoesNotClaimAgainstItself) {
  EXPECT_EQ(free_copy({{"new", entry(1)}, {"b", entry(2)}}), 1U);
}

TEST(Owners, WhatHasNoIdOfTheServerClaimsNothing) {
  EXPECT_EQ(free_copy({{content_uid(kContent), entry(1)}}), 1U);
}

TEST(Owners, AMessageWhoseIdWasGivenToAnotherOneStaysAMessage) {
  EXPECT_EQ(free_copy({{replaced_uid(kContent), entry(1, UidState::kGone)}}), 2U);
}

TEST(Owners, WhatHasVanishedMayBeTakenOverOneForOne) {
  const Known known{{"a", entry(1, UidState::kVanished)}, {"b", entry(2)}};
  EXPECT_EQ(free_copy(known), 3U);
  EXPECT_EQ(free_copy(known, TakeOver::kVanished), 1U);
}

TEST(Owners, EntriesThatChangeAreFoundByTheirNewContent) {
  Known known{{"a", entry(1)}};
  Owners owners(known);
  known["a"].sha256 = std::string(64, 'b');
  owners.add(*known.find("a"));
  EXPECT_THAT(owners.of(kContent, ""), SizeIs(0));
  EXPECT_THAT(owners.of(std::string(64, 'b'), ""), SizeIs(1));
}

}  // namespace
}  // namespace restante::fetch
