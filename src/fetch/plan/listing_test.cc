#include "fetch/plan/listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::uint32_t> numbers(const Listing& listing) {
  std::vector<std::uint32_t> found;
  for (const Listed& message : listing.messages) found.push_back(message.number);
  return found;
}

using Sizes = std::vector<pop3::ListedSize>;
using Uids = std::vector<pop3::ListedUid>;

TEST(Listing, PutsTogetherWhatAgrees) {
  const Listing listing = combine(2, Sizes{{1, 10}, {2, 20}}, Uids{{2, "b"}, {1, "a"}});
  EXPECT_THAT(listing.contradictions, IsEmpty());
  EXPECT_TRUE(listing.has_uids);
  ASSERT_EQ(listing.messages.size(), 2U);
  EXPECT_EQ(listing.messages[1].number, 2U);
  EXPECT_EQ(listing.messages[1].octets, 20U);
  EXPECT_EQ(listing.messages[1].uid, "b");
}

TEST(Listing, NoUidlIsNoContradiction) {
  const Listing listing = combine(1, Sizes{{1, 10}}, std::nullopt);
  EXPECT_FALSE(listing.has_uids);
  EXPECT_FALSE(listing.contradicts_itself());
  EXPECT_FALSE(listing.messages.at(0).identified());
}

TEST(Listing, AnEmptyMaildropHasUids) {
  const Listing listing = combine(0, {}, Uids{});
  EXPECT_TRUE(listing.has_uids);
  EXPECT_FALSE(listing.contradicts_itself());
}

TEST(Listing, StatThatSaysOtherwiseContradicts) {
  const Listing listing = combine(0, Sizes{{1, 10}}, Uids{{1, "a"}});
  EXPECT_THAT(listing.contradictions, ElementsAre(HasSubstr("STAT says 0"), HasSubstr("UIDL")));
  EXPECT_THAT(numbers(listing), ElementsAre(1U));  // It may be fetched nevertheless.
}

TEST(Listing, ListAndUidlThatNameOthersContradict) {
  const Listing listing = combine(2, Sizes{{1, 10}, {2, 10}}, Uids{{1, "a"}, {3, "c"}});
  EXPECT_THAT(listing.contradictions, ElementsAre(HasSubstr("2 messages are in one")));
  EXPECT_THAT(numbers(listing), ElementsAre(1U, 2U, 3U));
  EXPECT_EQ(listing.messages[2].octets, std::nullopt);
}

TEST(Listing, SharedIdsIdentifyNothing) {
  const Listing listing =
      combine(3, Sizes{{1, 10}, {2, 10}, {3, 10}}, Uids{{1, "same"}, {2, "own"}, {3, "same"}});
  EXPECT_THAT(listing.contradictions, IsEmpty());
  EXPECT_EQ(listing.without_own_uid, 2U);
  EXPECT_FALSE(listing.messages[0].identified());
  EXPECT_EQ(listing.messages[1].uid, "own");
  EXPECT_FALSE(listing.messages[2].identified());
}

TEST(Listing, AnIdThatIsNoneIdentifiesNothing) {
  const Listing listing = combine(2, Sizes{{1, 10}, {2, 10}}, Uids{{1, ""}, {2, "own"}});
  EXPECT_THAT(listing.contradictions, IsEmpty());
  EXPECT_EQ(listing.without_own_uid, 1U);
}

TEST(Listing, ANumberNamedTwiceCountsOnce) {
  const Listing listing = combine(1, Sizes{{1, 10}, {1, 11}}, Uids{{1, "a"}});
  EXPECT_THAT(listing.contradictions, ElementsAre(HasSubstr("LIST names 1")));
  EXPECT_THAT(numbers(listing), ElementsAre(1U));
}

TEST(Listing, UnreadableLinesContradict) {
  const Listing listing = combine(2, Sizes{{1, 10}, {0, 0}}, Uids{{1, "a"}, {0, ""}});
  EXPECT_TRUE(listing.contradicts_itself());
  EXPECT_THAT(numbers(listing), ElementsAre(1U));
}

}  // namespace
}  // namespace restante::fetch
