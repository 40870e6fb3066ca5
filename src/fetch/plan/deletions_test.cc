#include "fetch/plan/deletions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

using profile::Delete;
using std::chrono::days;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Seconds kNow{days(1000)};

/// Message `number` of 100 octets, first seen `age_days` ago.
OnServer message(std::uint32_t number, int age_days, bool safe = true, bool removed = false) {
  return {number, "u" + std::to_string(number), 100, kNow - days(age_days), kSeenDaysMax, safe,
          removed};
}

std::vector<std::uint32_t> chosen(const std::vector<OnServer>& messages, const Policy& policy,
                                  bool confirmed = false) {
  std::vector<std::uint32_t> numbers;
  for (const Deletion& each : choose_deletions(messages, policy, kNow, {confirmed}).messages)
    numbers.push_back(each.number);
  return numbers;
}

Policy removing(Delete when, int after_days = 0) {
  Policy policy;
  policy.remove = when;
  policy.remove_after = days(after_days);
  return policy;
}

TEST(Deletions, NeverMeansNever) {
  EXPECT_THAT(chosen({message(1, 999), message(2, 0, true, true)}, {}), IsEmpty());
}

TEST(Deletions, WhatIsNotSafeStays) {
  EXPECT_THAT(chosen({message(1, 9, false), message(2, 9)}, removing(Delete::kAfterFetch)),
              ElementsAre(2U));
  Policy bounded;
  bounded.keep_messages = 0;
  bounded.keep_bytes = 0;
  EXPECT_THAT(chosen({message(1, 9, false), message(2, 9)}, bounded), ElementsAre(2U));
}

TEST(Deletions, AfterDaysCountsFromTheFirstSight) {
  const Policy policy = removing(Delete::kAfterDays, 14);
  EXPECT_THAT(chosen({message(1, 15), message(2, 14), message(3, 13)}, policy),
              ElementsAre(1U, 2U));
  OnServer almost = message(1, 14);
  almost.first_seen += seconds(1);
  EXPECT_THAT(chosen({almost}, policy), IsEmpty());
}

TEST(Deletions, OfOldMailNothingGoesThatWasSeenOnOneDayOnly) {
  OnServer once = message(1, 99);
  once.seen_days = 1;
  EXPECT_THAT(chosen({once, message(2, 99)}, removing(Delete::kAfterDays, 14)), ElementsAre(2U));
  EXPECT_THAT(chosen({once}, removing(Delete::kAfterFetch)), ElementsAre(1U));
}

TEST(Deletions, AClockThatIsNotBelievedDeletesNothingByAge) {
  const std::vector<OnServer> messages{message(1, 99), message(2, 1)};
  const Trust no_clock{.confirmed = false, .clock = false};
  const Deletions by_days =
      choose_deletions(messages, removing(Delete::kAfterDays, 14), kNow, no_clock);
  EXPECT_THAT(by_days.messages, IsEmpty());
  EXPECT_EQ(by_days.too_soon, 1U);
  Policy bounded;
  bounded.keep_messages = 1;
  const Deletions oldest = choose_deletions(messages, bounded, kNow, no_clock);
  EXPECT_THAT(oldest.messages, IsEmpty());
  EXPECT_EQ(oldest.too_soon, 1U);
  const Trust asked{.confirmed = true, .clock = false};
  EXPECT_EQ(choose_deletions(messages, bounded, kNow, asked).messages.size(), 1U);
  EXPECT_EQ(
      choose_deletions(messages, removing(Delete::kAfterFetch), kNow, no_clock).messages.size(),
      2U);
}

TEST(Deletions, WhenRemovedLocally) {
  EXPECT_THAT(
      chosen({message(1, 1), message(2, 1, true, true)}, removing(Delete::kWhenRemovedLocally)),
      ElementsAre(2U));
}

TEST(Deletions, OverTheBoundsTheOldestGo) {
  Policy policy;
  policy.keep_messages = 2;
  EXPECT_THAT(chosen({message(1, 1), message(2, 9), message(3, 5), message(4, 9)}, policy),
              ElementsAre(2U, 4U));
  policy.keep_messages.reset();
  policy.keep_bytes = 250;
  EXPECT_THAT(chosen({message(1, 1), message(2, 9), message(3, 5), message(4, 9)}, policy),
              ElementsAre(2U, 4U));
  policy.keep_bytes = 400;
  EXPECT_THAT(chosen({message(1, 1), message(2, 9), message(3, 5), message(4, 9)}, policy),
              IsEmpty());
}

TEST(Deletions, WhatIsNotSafeCountsForTheBounds) {
  Policy policy;
  policy.keep_messages = 1;
  EXPECT_THAT(chosen({message(1, 9, false), message(2, 5), message(3, 1)}, policy),
              ElementsAre(2U, 3U));
}

TEST(Deletions, RulesAddUp) {
  Policy policy = removing(Delete::kAfterDays, 10);
  policy.keep_messages = 1;
  const std::vector<OnServer> messages{message(1, 11), message(2, 5), message(3, 1)};
  const Deletions both = choose_deletions(messages, policy, kNow, {});
  ASSERT_EQ(both.messages.size(), 2U);
  EXPECT_EQ(both.messages[0].reason, "here for 10 days");
  EXPECT_EQ(both.messages[1].reason, "over the limit of 1 message");
}

TEST(Deletions, AnArchiveThatLostMostOfItsMailDeletesNothingUnasked) {
  std::vector<OnServer> messages;
  for (std::uint32_t number = 1; number <= 20; ++number)
    messages.push_back(message(number, 1, true, number <= 11));
  for (const Delete when : {Delete::kWhenRemovedLocally, Delete::kAfterFetch}) {
    const Deletions made = choose_deletions(messages, removing(when), kNow, {});
    EXPECT_EQ(made.held_back, 11U);
    for (const Deletion& each : made.messages) EXPECT_GT(each.number, 11U);
  }
  EXPECT_EQ(chosen(messages, removing(Delete::kWhenRemovedLocally), true).size(), 11U);
  messages[0].removed = false;  // Ten, and half: a user may want that.
  EXPECT_EQ(chosen(messages, removing(Delete::kWhenRemovedLocally)).size(), 10U);
}

}  // namespace
}  // namespace restante::fetch
